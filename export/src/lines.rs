//! Writes lines to standard output on a thread of its own.
//!
//! The program never waits for its log: a reader that has stopped reading, a full disk or a closed pipe cost lines, and
//! every lost line is counted.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread;
use std::time::{Duration, Instant};

use taximeter_runtime::metrics;

use crate::fork::Each;
use crate::overflow::{Overflow, Refusals};
use crate::own;
use crate::problem::{self, Key, Problem, Problems};

const SIGNAL: &str = "logs";
/// More lines were written than wait for the output.
const QUEUE_FULL: &str = "queue_full";
/// The thread that writes has ended.
const WRITER_GONE: &str = "writer_gone";
/// The output refused them.
const WRITE_FAILED: &str = "write_failed";
/// Still waiting when the time to stop was over.
const SHUTDOWN: &str = "shutdown";

/// The most lines that wait to be written.
const QUEUED_LINES: usize = 8192;
/// The most bytes that wait to be written.
const QUEUED_BYTES: usize = 16 * 1024 * 1024;
/// The most bytes that are written at once.
const WRITE_BYTES: usize = 64 * 1024;

/// Where lines go: to the thread of this process that writes them.
#[derive(Clone)]
pub(crate) struct Lines {
    writers: Arc<Each<Option<Writer>>>,
    start: Arc<dyn Fn() -> Option<Writer> + Send + Sync>,
}

/// Sends lines to a thread that writes them.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: SyncSender<Message>,
    waiting: Arc<Waiting>,
    refusals: Refusals,
}

#[derive(Debug)]
enum Message {
    Line(String),
    /// Answered when everything before it is written.
    Flush(SyncSender<()>),
}

/// What is in the queue and in the hands of the thread.
#[derive(Debug, Default)]
struct Waiting {
    lines: AtomicUsize,
    bytes: AtomicUsize,
}

impl Lines {
    /// Starts a writer, and another one in each process that is forked from this one when it writes its first line. None when
    /// it cannot be started.
    pub(crate) fn started(start: impl Fn() -> Option<Writer> + Send + Sync + 'static) -> Option<Self> {
        let lines = Lines { writers: Arc::default(), start: Arc::new(start) };
        lines.writer().is_some().then_some(lines)
    }

    fn writer(&self) -> Option<&Writer> {
        self.writers.get_or_make(|| (self.start)()).as_ref()
    }

    /// What to look at to see that no line finds room any more.
    pub(crate) fn overflow(&self) -> Option<Overflow> {
        let writer = self.writers.get().and_then(Option::as_ref)?;
        Some(Overflow::new(problem::LOGS, "log lines", writer.refusals.clone()))
    }

    /// Queues a line that ends with a line feed. Never waits: without room the line is lost and counted.
    pub(crate) fn send(&self, line: String) {
        match self.writer() {
            Some(writer) => writer.send(line),
            None => metrics::dropped(SIGNAL, WRITER_GONE, 1),
        }
    }

    /// Waits until all lines so far are written, at most until the deadline. Says whether they are.
    pub(crate) fn flush(&self, deadline: Instant) -> bool {
        // A process that has written none has none to wait for.
        self.writers.get().and_then(Option::as_ref).is_none_or(|writer| writer.flush(deadline))
    }

    /// Counts the lines that are not written yet as lost.
    pub(crate) fn give_up(&self) {
        self.writers.get().and_then(Option::as_ref).into_iter().for_each(Writer::give_up);
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Lines").field("writers", &self.writers).finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the thread. It lives as long as the process: lines of the last moment are better late than lost.
    pub(crate) fn spawn(output: impl Write + Send + 'static, problems: Problems) -> io::Result<Self> {
        // Zeros, so that the first loss is seen as an increase.
        for reason in [QUEUE_FULL, WRITER_GONE, WRITE_FAILED, SHUTDOWN] {
            metrics::dropped(SIGNAL, reason, 0);
        }
        let (queue, messages) = mpsc::sync_channel(QUEUED_LINES);
        let waiting = Arc::new(Waiting::default());
        let writer = LineWriter { output, problems, waiting: Arc::clone(&waiting), broken: None };
        thread::Builder::new().name("taximeter-log".to_owned()).spawn(move || writer.run(&messages))?;
        Ok(Writer { queue, waiting, refusals: Refusals::default() })
    }

    fn send(&self, line: String) {
        let bytes = line.len();
        if self.waiting.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) > QUEUED_BYTES {
            self.waiting.bytes.fetch_sub(bytes, Ordering::Relaxed);
            return self.refuse(QUEUE_FULL);
        }
        self.waiting.lines.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.queue.try_send(Message::Line(line)) {
            self.waiting.remove(1, bytes);
            let reason = match error {
                TrySendError::Full(_) => QUEUE_FULL,
                TrySendError::Disconnected(_) => WRITER_GONE,
            };
            self.refuse(reason);
        }
    }

    fn refuse(&self, reason: &'static str) {
        metrics::dropped(SIGNAL, reason, 1);
        if reason == QUEUE_FULL {
            self.refusals.add();
        }
    }

    fn flush(&self, deadline: Instant) -> bool {
        let (done, wait) = mpsc::sync_channel(1);
        let mut message = Message::Flush(done);
        // The queue has no waiting send with a deadline, and it is full only when the output is slow.
        while let Err(TrySendError::Full(back)) = self.queue.try_send(message) {
            if Instant::now() >= deadline {
                return false;
            }
            message = back;
            thread::sleep(Duration::from_millis(5));
        }
        wait.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok()
    }

    fn give_up(&self) {
        metrics::dropped(SIGNAL, SHUTDOWN, self.waiting.lines.load(Ordering::Relaxed) as u64);
    }
}

impl Waiting {
    fn remove(&self, lines: usize, bytes: usize) {
        self.lines.fetch_sub(lines, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

struct LineWriter<W> {
    output: W,
    problems: Problems,
    waiting: Arc<Waiting>,
    /// The problem that lasts while the output refuses.
    broken: Option<Key>,
}

impl<W: Write> LineWriter<W> {
    fn run(mut self, messages: &Receiver<Message>) {
        let _quiet = own::enter();
        while let Ok(first) = messages.recv() {
            let mut next = Some(first);
            let mut batch = String::new();
            let mut lines = 0;
            while let Some(message) = next {
                match message {
                    Message::Line(line) => {
                        batch.push_str(&line);
                        lines += 1;
                    }
                    Message::Flush(done) => {
                        self.write(&mut batch, &mut lines);
                        let _ = done.send(());
                    }
                }
                next = if batch.len() < WRITE_BYTES { messages.try_recv().ok() } else { None };
            }
            self.write(&mut batch, &mut lines);
        }
    }

    /// Writes what was collected and begins anew.
    fn write(&mut self, batch: &mut String, lines: &mut usize) {
        if *lines == 0 {
            return;
        }
        let written = self.output.write_all(batch.as_bytes()).and_then(|()| self.output.flush());
        if written.is_err() {
            metrics::dropped(SIGNAL, WRITE_FAILED, *lines as u64);
        }
        self.waiting.remove(*lines, batch.len());
        batch.clear();
        *lines = 0;
        self.tell(written);
    }

    /// A log that cannot be written cannot say so; `/healthz` can.
    fn tell(&mut self, written: io::Result<()>) {
        match (written, self.broken.take()) {
            (Err(error), None) => {
                let message = format!("log lines cannot be written: {error}");
                self.broken = Some(self.problems.add(Problem::new(problem::LOGS, message)));
            }
            (Err(_), lasting) => self.broken = lasting,
            (Ok(()), over) => over.into_iter().for_each(|key| self.problems.end(key)),
        }
    }
}
