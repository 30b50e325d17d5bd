//! An order of boxes in which most lines go down.

/// The position of each of `count` items, such that every link `(from, to, weak)` goes from a lower to a higher
/// one, except links that close a cycle, weak ones first.
pub(super) fn positions(count: usize, links: &[(usize, usize, bool)]) -> Vec<usize> {
    let mut waits = vec![[0_usize; 2]; count];
    let mut leads: Vec<Vec<(usize, bool)>> = vec![Vec::new(); count];
    for &(from, to, weak) in links.iter().filter(|(from, to, _)| from != to) {
        waits[to][usize::from(weak)] += 1;
        leads[from].push((to, weak));
    }
    let mut positions = vec![None; count];
    let mut open: Vec<usize> = (0..count).collect();
    for position in 0..count {
        let ready = |free: fn([usize; 2]) -> bool| open.iter().position(|&it| free(waits[it]));
        let next = ready(|[strong, weak]| strong + weak == 0)
            .or_else(|| ready(|[strong, _]| strong == 0))
            .unwrap_or_default();
        let next = open.remove(next);
        positions[next] = Some(position);
        for &(to, weak) in &leads[next] {
            waits[to][usize::from(weak)] -= 1;
        }
    }
    positions.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_goes_down_if_there_is_no_cycle() {
        assert_eq!(
            positions(3, &[(2, 1, false), (1, 0, true), (2, 0, false)]),
            [2, 1, 0]
        );
    }

    #[test]
    fn a_weak_link_is_the_one_that_goes_up() {
        assert_eq!(positions(2, &[(0, 1, true), (1, 0, false)]), [1, 0]);
        assert_eq!(positions(2, &[(0, 1, false), (1, 0, false)]), [0, 1]);
    }
}
