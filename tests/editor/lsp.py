"""Talks to rust-analyzer like an editor."""

import itertools
import json
import os
import subprocess
import threading
from pathlib import Path

# How long rust-analyzer may take to load a crate, or to answer one question.
LOAD_S, ANSWER_S = 300, 60


class RustAnalyzer:
    """A running server with one crate open; the text of its files is the editor's."""

    def __init__(self, program, folder, options):
        self.folder = Path(folder)
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.ids = itertools.count(1)
        self.answers = {}
        self.status = {}
        self.versions = {}
        self.news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()
        self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": self.folder.as_uri(),
                "workspaceFolders": [{"uri": self.folder.as_uri(), "name": "fixture"}],
                "initializationOptions": options,
                "capabilities": {
                    "experimental": {"serverStatusNotification": True},
                    "textDocument": {
                        "hover": {"contentFormat": ["plaintext"]},
                        "diagnostic": {},
                        "rename": {"prepareSupport": True},
                    },
                    "workspace": {"workspaceEdit": {"documentChanges": True}},
                },
            },
        )
        self._send({"method": "initialized", "params": {}})

    def wait_until_loaded(self):
        """Returns what rust-analyzer says of its health once it has read everything."""
        with self.news:
            if not self.news.wait_for(lambda: self.status.get("quiescent"), LOAD_S):
                raise TimeoutError("rust-analyzer is still loading")
            return self.status

    def write(self, path, text):
        """Puts a text into an editor's window."""
        uri, version = (self.folder / path).as_uri(), self.versions.get(path, 0) + 1
        document = {"uri": uri, "version": version}
        if version == 1:
            document |= {"languageId": "rust", "text": text}
            self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        else:
            changes = [{"text": text}]
            params = {"textDocument": document, "contentChanges": changes}
            self._send({"method": "textDocument/didChange", "params": params})
        self.versions[path] = version

    def ask(self, method, params):
        """The answer to one request."""
        id = next(self.ids)
        self._send({"id": id, "method": method, "params": params})
        with self.news:
            if not self.news.wait_for(lambda: id in self.answers, ANSWER_S):
                raise TimeoutError(f"no answer to {method}")
            answer = self.answers.pop(id)
        if "error" in answer:
            return {"error": answer["error"]["message"]}
        return answer["result"]

    def ask_at(self, method, path, position, **params):
        """The answer to a request about a place in a file."""
        document = {"uri": (self.folder / path).as_uri()}
        return self.ask(f"textDocument/{method}", {"textDocument": document, "position": position} | params)

    def stop(self):
        """Ends the server, whatever state it is in."""
        self.process.kill()
        self.process.wait()

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _listen(self):
        stdout = self.process.stdout
        while header := stdout.readline():
            length = int(header.split(b":")[1])
            while stdout.readline().strip():
                pass
            message = json.loads(stdout.read(length))
            if "method" in message and "id" in message:
                # Its questions about the editor's configuration: nothing is configured.
                self._send({"id": message["id"], "result": None})
            with self.news:
                if "method" not in message:
                    self.answers[message["id"]] = message
                elif message["method"] == "experimental/serverStatus":
                    self.status = message["params"]
                self.news.notify_all()
