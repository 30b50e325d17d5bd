//! Graphs of any size: their nodes, and the inputs of each node.

/// The shape of a graph.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One node after the other.
    Chain,
    /// One node, then as many in parallel as the size allows, then a tree that joins them.
    Fan,
    /// Each node takes one to three of those shortly before it.
    Dag,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Chain, Kind::Fan, Kind::Dag];

    /// Its name, as tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Chain => "chain",
            Kind::Fan => "fan",
            Kind::Dag => "dag",
        }
    }
}

/// The maximum number of arguments of a call.
const MOST_ARGUMENTS: usize = 12;
/// How far back the nodes of a random graph reach.
const REACH: usize = 16;

/// The nodes of a graph in topological order: each is the list of those that it takes, all before it.
/// The first one takes the request, the last one is the answer, and every other one is taken.
pub struct Nodes(pub Vec<Vec<usize>>);

impl Nodes {
    /// A graph of that many nodes.
    pub fn new(kind: Kind, size: usize) -> Self {
        // The join at the end also takes nodes: as many as possible come before it.
        let free = (1..=size).rev().find_map(|free| {
            let mut nodes = Nodes::free(kind, free);
            nodes.join();
            (nodes.0.len() <= size).then_some(nodes)
        });
        let mut nodes = free.unwrap_or(Nodes(vec![Vec::new()]));
        while nodes.0.len() < size {
            nodes.0.push(vec![nodes.0.len() - 1]);
        }
        nodes
    }

    /// The nodes before the join.
    fn free(kind: Kind, size: usize) -> Self {
        let mut random = 0x9e37_79b9_7f4a_7c15;
        let takes = |node: usize| match (kind, node) {
            (_, 0) => Vec::new(),
            (Kind::Chain, _) => vec![node - 1],
            (Kind::Fan, _) => vec![0],
            (Kind::Dag, _) => {
                let reach = node.min(REACH);
                let mut takes: Vec<usize> = (0..1 + next(&mut random) % 3)
                    .map(|_| node - 1 - next(&mut random) % reach)
                    .collect();
                takes.sort_unstable();
                takes.dedup();
                takes
            }
        };
        Nodes((0..size).map(takes).collect())
    }

    /// A tree over all nodes that no other node takes.
    fn join(&mut self) {
        let mut taken = vec![false; self.0.len()];
        self.0.iter().flatten().for_each(|node| taken[*node] = true);
        let mut open: Vec<usize> = (0..self.0.len()).filter(|node| !taken[*node]).collect();
        while open.len() > 1 {
            open = open
                .chunks(MOST_ARGUMENTS)
                .map(|chunk| match chunk {
                    [one] => *one,
                    several => {
                        self.0.push(several.to_vec());
                        self.0.len() - 1
                    }
                })
                .collect();
        }
    }

    /// The nodes that can run side by side, and then those after them.
    pub fn levels(&self) -> Vec<Vec<usize>> {
        let mut level_of: Vec<usize> = Vec::new();
        let mut levels: Vec<Vec<usize>> = Vec::new();
        for (node, takes) in self.0.iter().enumerate() {
            let level = takes.iter().map(|taken| level_of[*taken] + 1).max();
            let level = level.unwrap_or(0);
            level_of.push(level);
            levels.resize_with(levels.len().max(level + 1), Vec::new);
            levels[level].push(node);
        }
        levels
    }
}

/// The next number of a sequence that is the same in every run.
fn next(random: &mut u64) -> usize {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    (*random >> 33) as usize
}
