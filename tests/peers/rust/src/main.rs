//! Puts Rust implementations of JOSE, WIMSE and SPIFFE behind the protocol of
//! tests/peers/README.md: one JSON request a line in, one JSON answer a line out.

mod bench;
mod josekit_keys;
mod josekit_peer;
mod jsonwebtoken_peer;
mod request;
mod spiffe_peer;
mod wimsey_http;
mod wimsey_peer;

use request::{Answer, Fault, Request, Run};
use serde_json::{json, Value};
use std::io::{self, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Imports the keys of a request and gives back what is repeated for each message.
type Prepare = fn(&Request) -> Result<Run, Fault>;

struct Peer {
    name: &'static str,
    version: &'static str,
    ops: &'static [(&'static str, Prepare)],
}

/// The versions are those that Cargo.toml pins.
const PEERS: &[Peer] = &[
    Peer {
        name: "wimsey",
        version: "0.9.0",
        ops: wimsey_peer::OPS,
    },
    Peer {
        name: "jsonwebtoken",
        version: "11.1.0",
        ops: jsonwebtoken_peer::OPS,
    },
    Peer {
        name: "josekit",
        version: "0.10.3",
        ops: josekit_peer::OPS,
    },
    Peer {
        name: "spiffe",
        version: "0.19.0",
        ops: spiffe_peer::OPS,
    },
];

fn main() -> io::Result<()> {
    // A panic of a library is told in its answer, not on standard error.
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = catch_unwind(AssertUnwindSafe(|| handle(&line))).unwrap_or_else(|panic| {
            let words = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
            Err(Fault::Refused(format!(
                "panic: {}",
                words.unwrap_or_default()
            )))
        });
        writeln!(out, "{}", written(answer))?;
        out.flush()?;
    }
    Ok(())
}

fn written(answer: Result<Answer, Fault>) -> Value {
    match answer {
        Ok(mut members) => {
            members.insert("ok".to_owned(), Value::Bool(true));
            Value::Object(members)
        }
        Err(Fault::Refused(words)) => json!({"ok": false, "error": words}),
        Err(Fault::Unsupported(why)) => json!({"ok": false, "unsupported": why}),
    }
}

fn handle(line: &str) -> Result<Answer, Fault> {
    let request: Request = serde_json::from_str(line)?;
    match request.op.as_str() {
        "hello" => Ok(hello()),
        "bench" => bench::bench(prepared(&request, &request.of)?, request.seconds),
        op => prepared(&request, op)?(),
    }
}

fn prepared(request: &Request, op: &str) -> Result<Run, Fault> {
    let peer = PEERS
        .iter()
        .find(|peer| peer.name == request.peer)
        .ok_or_else(|| Fault::Unsupported(format!("no peer {}", request.peer)))?;
    let (_, prepare) = peer
        .ops
        .iter()
        .find(|(name, _)| *name == op)
        .ok_or_else(|| Fault::Unsupported(format!("{} has no {op}", peer.name)))?;
    prepare(request)
}

fn hello() -> Answer {
    let peers: Vec<Value> = PEERS
        .iter()
        .map(|peer| {
            let ops: Vec<&str> = peer
                .ops
                .iter()
                .map(|(name, _)| *name)
                .chain(["bench"])
                .collect();
            json!({"name": peer.name, "version": peer.version, "ops": ops})
        })
        .collect();
    request::answer([
        ("driver", json!("rust")),
        ("language", json!("Rust")),
        ("peers", Value::Array(peers)),
    ])
}
