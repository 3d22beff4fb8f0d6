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
            "--objective" => settings.objective = settings.objective.succeeding(&value)?,
            "--p95-seconds" => settings.objective = settings.objective.within(&value)?,
            "--runbooks" => settings.runbooks = value,
            _ => {
                return Err(format!(
                    "met `{flag}`, expected --objective 99.9, --p95-seconds 10 or --runbooks https://.."
                ));
            }
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::settings;

    fn p95(words: &[&str]) -> Result<(String, u32), String> {
        let settings = settings(words.iter().map(|word| (*word).to_owned()))?;
        Ok((settings.objective.percent(), settings.objective.p95_seconds))
    }

    #[test]
    fn both_halves_of_an_objective_are_read_in_any_order() {
        let said = Ok(("99.5 %".to_owned(), 45));
        assert_eq!(p95(&["--objective", "99.5", "--p95-seconds", "45"]), said);
        assert_eq!(p95(&["--p95-seconds", "45", "--objective", "99.5"]), said);
        assert_eq!(p95(&[]), Ok(("99.9 %".to_owned(), 10)));
    }

    #[test]
    fn what_is_no_limit_is_refused() {
        for refused in ["0", "-1", "2.5", "soon", "60", "3600"] {
            assert!(p95(&["--p95-seconds", refused]).is_err(), "{refused}");
        }
        assert!(p95(&["--p95", "10"]).is_err_and(|words| words.contains("--p95-seconds")));
    }
}
