//! The page says how the process, its disks and its runtime are.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use taximeter::Config;
use taximeter_tests::temporary::Folder;
use taximeter_tests::{Child, Page, http, port, program, wait_for};

fn serving(variables: &[(&str, &str)]) -> (Child, u16) {
    let port = port::free_port();
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_serving")));
    let process = Child::start(command.env("PROMETHEUS_PORT", port.to_string()).envs(variables.iter().copied()));
    wait_for("the port", || http::get(port, "/healthz").ok());
    (process, port)
}

fn page(port: u16) -> Page {
    Page::parse(&http::get(port, "/metrics").expect("an answer").body)
}

fn problems(port: u16) -> Vec<Value> {
    let health = http::get(port, "/healthz").expect("an answer").body;
    let health: Value = serde_json::from_str(&health).expect("JSON");
    health["problems"].as_array().expect("problems").clone()
}

#[test]
#[cfg(target_os = "linux")]
fn the_process_is_on_the_page_to_the_fraction_of_a_second() {
    let (process, port) = serving(&[]);
    let page = page(port);
    let number = |name: &str| page.value(name).unwrap_or_else(|| panic!("no {name}"));
    let cpu = number("process_cpu_seconds_total");
    assert!(cpu > 0.0 && cpu < 60.0 && cpu.fract() > 0.0, "{cpu}");
    assert_eq!(page.kind("process_cpu_seconds_total"), Some("counter"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs_f64();
    let age = now - number("process_start_time_seconds");
    assert!((-2.0..120.0).contains(&age), "it was started {age} s ago");
    let files = number("process_open_fds");
    assert!(files >= 3.0 && files <= number("process_max_fds"), "{files}");
    let folder = format!("/proc/{}", process.id());
    let status = fs::read_to_string(format!("{folder}/status")).expect("its status");
    let kib = |name: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    };
    // It may have grown since, or have started or ended a thread.
    let (resident, threads) = (number("process_resident_memory_bytes") / 1024.0, number("process_threads"));
    assert!((resident / kib("VmRSS:") - 1.0).abs() < 0.5, "{resident} KiB and {}", kib("VmRSS:"));
    assert!((threads - kib("Threads:")).abs() <= 3.0, "{threads} threads and {}", kib("Threads:"));
    assert!(number("process_virtual_memory_bytes") > resident);
}

#[test]
#[cfg(unix)]
fn a_disk_is_as_full_as_the_system_says_and_one_that_is_not_there_is_a_problem() {
    let folder = Folder::new("disk");
    let (here, absent) = (folder.path().display().to_string(), folder.path().join("absent").display().to_string());
    let (program, port) = serving(&[("TAXIMETER_DISK_PATHS", &format!("{here}:{absent}"))]);
    let page = page(port);
    let output = Command::new("df").args(["-k", "-P", &here]).output().expect("df");
    let output = String::from_utf8(output.stdout).expect("text");
    let kib: Vec<f64> = output.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let number = |name: &str, path: &str| page.value(&format!("{name}{{path=\"{path}\"}}"));
    assert_eq!(number("disk_size_bytes", &here), Some(kib[0] * 1024.0), "{output}");
    for (name, kib) in [("disk_used_bytes", kib[1]), ("disk_available_bytes", kib[2])] {
        // Others write to it meanwhile.
        let bytes = number(name, &here).expect("a number");
        assert!((bytes / 1024.0 - kib).abs() < 0.2 * kib + 65_536.0, "{name}: {bytes} and {kib} KiB");
        assert_eq!(number(name, &absent), None);
    }
    let told = problems(port);
    let message = told[0]["message"].as_str().expect("a message");
    assert!(told.len() == 1 && message.contains(&format!("the disk of `{absent}` cannot be read")), "{told:?}");

    fs::create_dir(&absent).expect("a folder");
    let appeared = format!("disk_size_bytes{{path=\"{absent}\"}}");
    assert_eq!(self::page(port).value(&appeared), Some(kib[0] * 1024.0));
    assert_eq!(problems(port), Vec::<Value>::new());
    assert_eq!(program.stdout().matches("cannot be read").count(), 1);
}

/// One test with a telemetry of its own: there is one in a process.
#[test]
fn a_busy_runtime_is_on_the_page() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime");
    let inside = runtime.enter();
    let telemetry = Config::from_env_map("runtime", []).prometheus_port(0).init();
    drop(inside);
    let port = telemetry.metrics_address().expect("the page is served").port();
    let sleeping: Vec<_> = (0..5).map(|_| runtime.spawn(std::future::pending::<()>())).collect();
    let before = page(port);
    assert_eq!(before.value("tokio_workers"), Some(2.0));
    let busy = |page: &Page| -> f64 { page.samples_of("tokio_worker_busy_seconds_total").map(|(_, busy)| busy).sum() };
    runtime.block_on(async {
        let spin = || {
            let end = Instant::now() + Duration::from_millis(300);
            while Instant::now() < end {
                std::hint::spin_loop();
            }
        };
        tokio::spawn(async move { spin() }).await.expect("it ends");
    });
    // A worker notes how long it was busy when it rests.
    let after =
        wait_for("the time of a busy worker", || Some(page(port)).filter(|page| busy(page) - busy(&before) >= 0.3));
    assert_eq!(after.samples_of("tokio_worker_busy_seconds_total").count(), 2);
    assert_eq!(after.value("tokio_tasks"), Some(5.0));
    assert_eq!(after.value("tokio_global_queue_depth"), Some(0.0));
    assert!(after.samples_of("tokio_worker_parks_total").all(|(_, parks)| parks >= 1.0));
    sleeping.iter().for_each(|task| task.abort());
    // The runtime may go before the page does.
    drop(runtime);
    assert_eq!(page(port).value("tokio_tasks"), Some(0.0));
}
