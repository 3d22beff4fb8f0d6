//! Writes the files of `deploy/` that name metrics.

use std::process::ExitCode;

use taximeter_deploy::{Settings, files, folder, unknown, write};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("taximeter-deploy: {words}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let settings = settings(std::env::args().skip(1))?;
    let unknown = unknown::in_files(&settings.objective);
    if !unknown.is_empty() {
        return Err(unknown.join("\n"));
    }
    let files = files(&settings);
    write(&folder(), &files).map_err(|error| format!("cannot write: {error}"))?;
    for file in files {
        println!("deploy/{}", file.path);
    }
    Ok(())
}

fn settings(mut arguments: impl Iterator<Item = String>) -> Result<Settings, String> {
    let mut settings = Settings::default();
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{flag}` without a value"))?;
        match flag.as_str() {
            "--objective" => settings.objective = value.parse()?,
            "--runbooks" => settings.runbooks = value,
            _ => return Err(format!("met `{flag}`, expected --objective 99.9 or --runbooks https://..")),
        }
    }
    Ok(settings)
}
