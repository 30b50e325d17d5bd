//! The style sheet.
//!
//! A style inside of an SVG element applies to the whole page, and the page's style applies to the element:
//! every selector has the class `serve-graph`, and the prefix marks the classes as ours.

const LIGHT: &str = "--sg-panel:#fff;--sg-frame:#d0d7de;--sg-text:#1f2328;--sg-muted:#59636e;\
    --sg-line:#6e7781;--sg-chip:#ffffffb0;--sg-input:#e7f7ec;--sg-input-line:#2f8f4e;\
    --sg-in-place:#eaf3ff;--sg-in-place-line:#3577b8;--sg-compute:#fff1dc;\
    --sg-compute-line:#b0640c;--sg-deployment:#f3f4f6;--sg-deployment-line:#6b7280;\
    --sg-output:#f1ebfc;--sg-output-line:#7a52c0;--sg-choice:#fdeaf1;--sg-choice-line:#b83a6f;\
    --sg-each:#fafbe8;--sg-each-line:#8a8f2f;--sg-graph:#f6f8fa;--sg-graph-line:#848d97";

const DARK: &str = "--sg-panel:#0d1117;--sg-frame:#30363d;--sg-text:#e6edf3;--sg-muted:#a5adb8;\
    --sg-line:#8b949e;--sg-chip:#00000050;--sg-input:#12301f;--sg-input-line:#3fb068;\
    --sg-in-place:#12263f;--sg-in-place-line:#539bf5;--sg-compute:#38260c;\
    --sg-compute-line:#d98e2b;--sg-deployment:#22272e;--sg-deployment-line:#8b949e;\
    --sg-output:#281d40;--sg-output-line:#a07cf0;--sg-choice:#3d1528;--sg-choice-line:#e0689a;\
    --sg-each:#1a1c0d;--sg-each-line:#9aa03c;--sg-graph:#161b22;--sg-graph-line:#6e7681";

const RULES: &str = "\
.serve-graph{max-width:100%;height:auto}
.serve-graph text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
'Liberation Mono',monospace;fill:var(--sg-muted);text-anchor:middle}
.serve-graph .sg-heading{font-size:13px;font-weight:700;fill:var(--sg-text)}
.serve-graph .sg-type{fill:var(--sg-text)}
.serve-graph .sg-label{font-style:italic}
.serve-graph .sg-legend text{text-anchor:start}
.serve-graph .sg-panel{fill:var(--sg-panel);stroke:var(--sg-frame)}
.serve-graph .sg-paper{fill:var(--sg-panel)}
.serve-graph .sg-cluster text{text-anchor:start}
.serve-graph .sg-each .sg-frame,.serve-graph .sg-each .sg-sheet{fill:var(--sg-each);\
stroke:var(--sg-each-line)}
.serve-graph .sg-graph .sg-frame{fill:var(--sg-graph);stroke:var(--sg-graph-line)}
.serve-graph .sg-paper.sg-each{fill:var(--sg-each)}
.serve-graph .sg-paper.sg-graph{fill:var(--sg-graph)}
.serve-graph .sg-paper.sg-pattern{fill:var(--sg-choice);stroke:var(--sg-choice-line)}
.serve-graph .sg-pattern+text{fill:var(--sg-text);font-style:normal}
.serve-graph .sg-chip{fill:var(--sg-chip)}
.serve-graph .sg-link{fill:none;stroke:var(--sg-line);stroke-width:1.5}
.serve-graph .sg-handle{stroke-dasharray:6 4}
.serve-graph .sg-way{stroke-width:1.8;stroke-dasharray:0.1 4;stroke-linecap:round}
.serve-graph .sg-head{fill:var(--sg-line)}
.serve-graph .sg-shape{stroke-width:1.5}
.serve-graph .sg-input .sg-shape{fill:var(--sg-input);stroke:var(--sg-input-line)}
.serve-graph .sg-in-place .sg-shape{fill:var(--sg-in-place);stroke:var(--sg-in-place-line)}
.serve-graph .sg-compute .sg-shape{fill:var(--sg-compute);stroke:var(--sg-compute-line)}
.serve-graph .sg-deployment .sg-shape{fill:var(--sg-deployment);stroke:var(--sg-deployment-line)}
.serve-graph .sg-choice .sg-shape{fill:var(--sg-choice);stroke:var(--sg-choice-line)}
.serve-graph .sg-output .sg-shape{fill:var(--sg-output);stroke:var(--sg-output-line)}
";

/// The `style` element: light or dark as the reader's system, or as `data-theme` says on a page of rustdoc.
pub(super) fn element() -> String {
    format!(
        "<style>\n.serve-graph{{{LIGHT}}}\n\
         @media (prefers-color-scheme:dark){{.serve-graph{{{DARK}}}}}\n\
         [data-theme=light] .serve-graph{{{LIGHT}}}\n\
         [data-theme=dark] .serve-graph,[data-theme=ayu] .serve-graph{{{DARK}}}\n\
         {RULES}</style>\n"
    )
}
