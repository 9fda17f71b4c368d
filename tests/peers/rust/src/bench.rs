//! Times an operation in batches, by the CPU time of the process.

use crate::request::{answer, Answer, Fault, Run};
use serde_json::json;

const BATCHES: usize = 7;

fn cpu_ns() -> f64 {
    let mut spent = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of ours.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut spent) };
    assert_eq!(failed, 0, "clock_gettime");
    spent.tv_sec as f64 * 1e9 + spent.tv_nsec as f64
}

/// Refuses what does not succeed once: a refusal costs less than what is asked about.
pub fn bench(mut once: Run, seconds: f64) -> Result<Answer, Fault> {
    once()?;
    let seconds = if seconds > 0.0 { seconds } else { 1.0 };
    let each = seconds * 1e9 / BATCHES as f64;
    let begin = cpu_ns();
    let mut rounds: u64 = 0;
    while cpu_ns() - begin < each / 4.0 {
        once()?;
        rounds += 1;
    }
    let rounds = (rounds * 4).max(1);
    let mut list = Vec::with_capacity(BATCHES);
    for _ in 0..BATCHES {
        let begin = cpu_ns();
        for _ in 0..rounds {
            std::hint::black_box(once()?);
        }
        list.push((cpu_ns() - begin) / rounds as f64);
    }
    Ok(answer([("ns_per_op", json!(list)), ("cpu", json!(true))]))
}
