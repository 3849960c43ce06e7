// A static Rust program: threads, channels, timers, a panic that is caught, an exit status.
use std::{collections::BTreeMap, sync::mpsc, thread, time::{Duration, Instant}};

fn main() {
    let (sender, receiver) = mpsc::channel();
    let threads: Vec<_> = (0..8u64)
        .map(|n| {
            let sender = sender.clone();
            thread::spawn(move || sender.send((n, (0..100_000u64).map(|i| i ^ n).sum::<u64>())).unwrap())
        })
        .collect();
    drop(sender);
    for thread in threads {
        thread.join().unwrap();
    }
    let sums: BTreeMap<u64, u64> = receiver.iter().collect();
    println!("threads {} {}", sums.len(), sums.values().sum::<u64>());
    let begin = Instant::now();
    thread::sleep(Duration::from_millis(20));
    println!("timer {}", begin.elapsed() >= Duration::from_millis(20));
    let caught = thread::spawn(|| {
        let numbers: Vec<u32> = Vec::new();
        numbers[std::env::args().count()]
    })
    .join();
    println!("panic {}", caught.is_err());
    println!("{:?} {:?}", std::env::args().skip(1).collect::<Vec<_>>(), std::env::var("NAME"));
    std::process::exit(7);
}
