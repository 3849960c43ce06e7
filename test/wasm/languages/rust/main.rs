// What a Rust program does: arguments, environment, standard input, files, collections, the time, a panic on request.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{env, fs, process, thread};

fn count_words() -> io::Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for line in io::stdin().lock().lines() {
        for word in line?.split_whitespace() {
            *counts.entry(word.to_string()).or_insert(0) += 1;
        }
    }
    Ok(counts)
}

fn use_files(directory: &str) -> io::Result<String> {
    let below = format!("{directory}/a/b");
    fs::create_dir_all(&below)?;
    let path = format!("{below}/file.txt");
    let mut file = fs::OpenOptions::new().read(true).write(true).create(true).open(&path)?;
    file.write_all(b"0123456789")?;
    file.seek(SeekFrom::Start(4))?;
    let mut rest = String::new();
    file.read_to_string(&mut rest)?;
    fs::rename(&path, format!("{directory}/moved.txt"))?;
    let size = fs::metadata(format!("{directory}/moved.txt"))?.len();
    let mut names: Vec<_> = fs::read_dir(directory)?
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    fs::remove_dir_all(format!("{directory}/a"))?;
    Ok(format!("{rest} {size} {names:?}"))
}

fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().collect();
    if args.get(1).map(String::as_str) == Some("panic") {
        panic!("as asked");
    }
    println!("{args:?}");
    println!("COLOUR is {:?}", env::var("COLOUR"));
    println!("{:?}", count_words()?);
    println!("{}", use_files("/data")?);
    println!("missing: {:?}", fs::read("/data/missing").unwrap_err().kind());
    let start = Instant::now();
    thread::sleep(Duration::from_millis(20));
    println!("slept: {}", start.elapsed() >= Duration::from_millis(20));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    println!("after 2020: {}", now.as_secs() > 1_577_836_800);
    process::exit(42);
}
