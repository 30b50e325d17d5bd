use super::*;

fn simulation(traffic: Traffic) -> Simulation {
    let config = AutoscalingConfig::new()
        .max_replicas(8)
        .upscale_delay(Duration::from_secs(5))
        .downscale_delay(Duration::from_secs(60))
        .metrics_interval(Duration::from_secs(1))
        .look_back_period(Duration::from_secs(5));
    let service = Service::taking(Duration::from_millis(100))
        .start_up(Duration::from_secs(2))
        .max_queued_requests(10_000);
    Simulation::new(config, service, traffic).every(Duration::from_secs(10))
}

/// One request every `gap` seconds.
fn regular(gap: f64, seconds: f64) -> Traffic {
    let count = (seconds / gap) as u32;
    Traffic::Arrivals((0..count).map(|it| f64::from(it) * gap).collect())
}

#[test]
fn requests_within_the_capacity_of_one_replica_do_not_wait() {
    let report = simulation(regular(0.2, 100.0)).run().unwrap();
    assert_eq!(report.total.arrived, 500);
    assert_eq!(report.total.refused, 0);
    assert_eq!(report.total.p99_s, Some(0.1));
    assert!(
        report
            .rows
            .iter()
            .all(|row| (row.running, row.target) == (1, 1))
    );
}

#[test]
fn more_load_gets_more_replicas_which_stop_afterwards() {
    let mut steps = vec![(0.0, 5.0), (100.0, 50.0), (300.0, 0.0)];
    steps.push((600.0, 0.0));
    let traffic = Traffic::Rates(Rates { steps, end: 600.0 });
    let report = simulation(traffic).run().unwrap();
    let at = |second: f64| {
        let row = report.rows.iter().find(|row| row.seconds == second);
        *row.unwrap_or_else(|| panic!("no row at {second}"))
    };
    assert_eq!(at(100.0).running, 1);
    // The queue that built up in the meantime keeps all replicas running until it is empty.
    assert_eq!(at(130.0).running, 8);
    assert_eq!(at(290.0).queued, 0);
    assert!(at(290.0).p99_s < Some(1.0), "{report}");
    assert_eq!(at(600.0).running, 1);
    let answered = report.total.arrived - report.total.refused;
    assert!((10_000..11_000).contains(&answered), "{answered}");
}

#[test]
fn a_replica_takes_its_time_to_start() {
    let mut from_zero = simulation(Traffic::Arrivals(vec![50.2, 50.5, 53.0]));
    from_zero.config.min_replicas = 0;
    from_zero.every = Duration::from_secs(1);
    let report = from_zero.run().unwrap();
    let row = |at: usize| report.rows[at - 1];
    assert_eq!((row(49).running, row(49).starting), (0, 0));
    assert_eq!(
        (row(51).running, row(51).starting, row(51).queued),
        (0, 1, 2)
    );
    assert_eq!((row(53).running, row(53).starting), (1, 0));
    let total = report.total;
    assert_eq!((total.arrived, total.refused), (3, 0));
    // The first request waited for the start, which began when it arrived: 2 s, and 0.1 s of work.
    assert_eq!(total.p99_s, Some(2.1));
    assert_eq!(report.rows.last().map(|row| row.seconds), Some(53.1));
}

#[test]
fn a_request_that_finds_the_queue_full_is_refused() {
    let mut full = simulation(Traffic::Arrivals(vec![0.0; 10]));
    full.service.max_queued_requests = 3;
    let report = full.run().unwrap();
    assert_eq!((report.total.arrived, report.total.refused), (10, 6));
    assert_eq!(report.total.p99_s, Some(0.4));
}

#[test]
fn a_replica_without_a_limit_takes_all_at_once() {
    let mut all = simulation(Traffic::Arrivals(vec![0.0; 10]));
    all.service.max_ongoing_requests = None;
    assert_eq!(all.run().unwrap().total.p99_s, Some(0.1));
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let mut random = simulation(Traffic::sine(1.0, 60.0, 300.0));
    let report = random.run().unwrap();
    assert_eq!(report, random.run().unwrap());
    random.seed = 1;
    assert_ne!(report, random.run().unwrap());
}

#[test]
fn no_request_is_lost() {
    for seed in 0..20 {
        let mut random = simulation(Traffic::spike(0.2, 80.0, 200.0));
        random.seed = seed;
        random.config.min_replicas = 0;
        random.config.downscale_delay = Duration::from_secs(1);
        let report = random.run().unwrap();
        let last = report.rows.last().unwrap();
        assert_eq!((last.ongoing, last.queued), (0, 0));
        assert!(report.rows.iter().all(|row| row.running <= 8), "{report}");
        assert_eq!(report.total.refused, 0);
        let replicas = random.traffic.arrivals(seed).count();
        assert_eq!(report.total.arrived, replicas);
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let fine = simulation(Traffic::constant(1.0, 10.0));
    let refused = |change: fn(&mut Simulation)| {
        let mut wrong = fine.clone();
        change(&mut wrong);
        wrong.run().unwrap_err().to_string()
    };
    assert_eq!(
        refused(|it| it.config.max_replicas = 0),
        "`max_replicas` must be a whole number from 1 to 10000, but is 0"
    );
    assert_eq!(
        refused(|it| it.service.service = Duration::from_secs(86_401)),
        "the time of a request must be from 0 to 86400 s, but is 86401"
    );
    assert_eq!(
        refused(|it| it.service.start_up = Duration::from_secs(100_000)),
        "the time of a start must be from 0 to 86400 s, but is 100000"
    );
    assert_eq!(
        refused(|it| it.service.max_ongoing_requests = Some(0)),
        "`max_ongoing_requests` must be a whole number of at least 1, but is 0"
    );
    assert_eq!(
        refused(|it| it.traffic = Traffic::constant(1e9, 10.0)),
        "the load may have 20000000 requests, but has about 10000000000"
    );
    assert_eq!(
        refused(|it| it.traffic = Traffic::constant(0.0, 1e9)),
        "the load must end within 3456000 s, but ends after 1000000000"
    );
    assert!(refused(|it| it.every = Duration::ZERO).starts_with("a row must cover"));
}
