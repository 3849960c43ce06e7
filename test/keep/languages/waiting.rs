// How a Rust program waits by the system's own means, as mio and tokio do below: timerfd, epoll, select, signalfd.
use std::time::{Duration, Instant};

#[repr(C)]
#[derive(Default)]
struct Setting {
    interval: [i64; 2],
    left: [i64; 2],
}

#[repr(C, packed)]
#[derive(Clone, Copy, Default)]
struct Event {
    events: u32,
    data: u64,
}

extern "C" {
    fn timerfd_create(clock: i32, flags: i32) -> i32;
    fn timerfd_settime(timer: i32, flags: i32, wanted: *const Setting, old: *mut Setting) -> i32;
    fn epoll_create1(flags: i32) -> i32;
    fn epoll_ctl(epoll: i32, change: i32, file: i32, event: *mut Event) -> i32;
    fn epoll_wait(epoll: i32, events: *mut Event, most: i32, ms: i32) -> i32;
    fn select(count: i32, read: *mut [u64; 16], write: *mut [u64; 16], other: *mut [u64; 16], time: *mut [i64; 2]) -> i32;
    fn pthread_sigmask(how: i32, set: *const [u64; 16], old: *mut [u64; 16]) -> i32;
    fn signalfd(file: i32, set: *const [u64; 16], flags: i32) -> i32;
    fn raise(number: i32) -> i32;
    fn read(file: i32, to: *mut u8, size: usize) -> isize;
}

const NONBLOCKING: i32 = 0o4000;

fn expirations(timer: i32) -> u64 {
    let mut word = [0u8; 8];
    assert_eq!(unsafe { read(timer, word.as_mut_ptr(), 8) }, 8);
    u64::from_le_bytes(word)
}

fn main() {
    let timer = unsafe { timerfd_create(1, 0) };
    let wanted = Setting { left: [0, 15_000_000], ..Default::default() };
    let set = || assert_eq!(unsafe { timerfd_settime(timer, 0, &wanted, std::ptr::null_mut()) }, 0);
    let begin = Instant::now();
    set();
    let count = expirations(timer);
    assert!(begin.elapsed() >= Duration::from_millis(15));
    println!("timer {count}");

    let epoll = unsafe { epoll_create1(0) };
    let mut event = Event { events: 1, data: 77 };
    assert_eq!(unsafe { epoll_ctl(epoll, 1, timer, &mut event) }, 0);
    set();
    let mut found = [Event::default(); 4];
    assert_eq!(unsafe { epoll_wait(epoll, found.as_mut_ptr(), 4, 5000) }, 1);
    println!("epoll {}", { found[0].data });

    let mut files = [0u64; 16];
    files[timer as usize / 64] |= 1 << (timer % 64);
    let mut limit = [500i64, 0];
    let null = std::ptr::null_mut;
    let ready = unsafe { select(timer + 1, &mut files, null(), null(), &mut limit) };
    println!("select {ready} {}", limit[0] >= 400 && limit[0] < 500);

    let mut signals = [0u64; 16];
    signals[0] = 1 << 9;
    assert_eq!(unsafe { pthread_sigmask(0, &signals, null()) }, 0);
    let file = unsafe { signalfd(-1, &signals, NONBLOCKING) };
    assert_eq!(unsafe { raise(10) }, 0);
    let mut record = [0u8; 128];
    assert_eq!(unsafe { read(file, record.as_mut_ptr(), 128) }, 128);
    println!("signal {}", record[0]);
    assert_eq!(unsafe { read(file, record.as_mut_ptr(), 128) }, -1);
    println!("nothing left");
}
