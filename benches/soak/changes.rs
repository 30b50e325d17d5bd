//! Changes of the options while requests run: by the control, and by files that are right, wrong or absurd.

use std::time::{Duration, Instant};

use serve_runtime::config::ApplicationConfig;
use serve_runtime::prelude::*;
use tokio::time::{sleep, timeout};

use crate::App;
use crate::faults::Since;
use crate::graph::{Batched, CALLED, COUNTED, Computing, InPlace, Mixed};
use crate::random::Random;

/// A file that can be applied; the names of the deployments begin with the prefix.
pub fn good(random: &mut Random, prefix: &str) -> String {
    let mut file = "deployments:\n".to_owned();
    for name in COUNTED {
        if random.below(2) == 0 {
            let replicas = 1 + random.below(4);
            file += &format!("- name: {prefix}{name}\n  num_replicas: {replicas}\n");
            if random.below(2) == 0 {
                file += &format!("  user_config: {replicas}\n");
            }
        }
    }
    match file.lines().count() {
        1 => "deployments: []\n".to_owned(),
        _ => file,
    }
}

/// A file that has to be refused.
pub fn bad(random: &mut Random, prefix: &str) -> String {
    let option = match random.below(8) {
        0 => "num_replicas: 1000000000",
        1 => "num_replicas: -1",
        2 => "num_cpus: 4000",
        3 => "user_config: [1, 2]",
        4 => "colour: red",
        5 => "autoscaling_config: {min_replicas: 5, max_replicas: 2}",
        6 => "num_replicas: 2\n- name: nowhere",
        _ => "num_replicas: [",
    };
    format!("deployments:\n- name: {prefix}mixed\n  {option}\n")
}

/// Asks every deployment for two replicas: an update that stopped, as its replicas failed, goes on.
pub async fn ask_again(app: &App) {
    let control = Deployed::control(app);
    let asked = async {
        control
            .deployment::<Computing>("computing")?
            .scale(2)
            .await?;
        control.deployment::<InPlace>("in_place")?.scale(2).await?;
        control.deployment::<Mixed>("mixed")?.scale(2).await?;
        control.deployment::<Batched>("batched")?.scale(2).await
    };
    let asked = timeout(Duration::from_secs(60), asked).await;
    asked.expect("a change hangs").unwrap();
}

/// Makes one change at a time. Each must succeed, unless something failed meanwhile.
pub async fn changes(app: App, seed: u64, end: Instant) -> u64 {
    let (mut random, mut made) = (Random::new(seed), 0);
    let control = Deployed::control(&app);
    let computing = control.deployment::<Computing>("computing").unwrap();
    let in_place = control.deployment::<InPlace>("in_place").unwrap();
    let mixed = control.deployment::<Mixed>("mixed").unwrap();
    let batched = control.deployment::<Batched>("batched").unwrap();
    while Instant::now() < end {
        let replicas = 1 + random.below(4) as u32;
        let since = Since::now();
        macro_rules! change {
            ($control:ident, $Name:ident) => {
                match random.below(3) {
                    0 => $control.scale(replicas).await,
                    1 => $control.reconfigure(replicas).await,
                    _ => {
                        let bound = $Name::bind(&CALLED).user_config(1);
                        $control.update(bound.num_replicas(replicas)).await
                    }
                }
            };
        }
        let change = async {
            match random.below(6) {
                0 => change!(computing, Computing),
                1 => change!(in_place, InPlace),
                2 => change!(mixed, Mixed),
                3 => change!(batched, Batched),
                4 => {
                    control
                        .configure(&ApplicationConfig::from_yaml(&good(&mut random, ""))?)
                        .await
                }
                _ => {
                    let file = bad(&mut random, "");
                    let config = ApplicationConfig::from_yaml(&file);
                    let applied = match config {
                        Ok(config) => control.configure(&config).await,
                        Err(error) => Err(error),
                    };
                    applied.expect_err(&file);
                    Ok(())
                }
            }
        };
        let changed = timeout(Duration::from_secs(60), change).await;
        // A replica that panics in a call while it is reconfigured fails that command; it is replaced.
        if let Err(error) = changed.expect("a change hangs") {
            assert!(
                since.something_failed() || error.to_string().ends_with("is gone"),
                "a change failed: {error}"
            );
        }
        made += 1;
        sleep(Duration::from_millis(20)).await;
    }
    made
}
