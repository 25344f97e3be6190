//! Sums as columns: what is added to a row, and what is read from one.

use std::ops::{AddAssign, Neg};

use rusqlite::{Row, Statement};

use crate::domain::money::Money;
use crate::domain::rollup::UsageSums;
use crate::domain::usage::TokenUsage;

/// The columns, in the order of [`Change`].
pub(super) const COLUMNS: &str = "calls, errors, aborted, used, input, output, cache_read, cache_write, recorded";

/// What is added to the sums of a row; less than nothing where a call is taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change([i64; 9]);

impl Change {
    /// Sums as a change.
    pub(super) fn of(sums: &UsageSums) -> Self {
        let UsageSums { calls, errors, aborted, used, usage, recorded } = sums;
        let TokenUsage { input, output, cache_read, cache_write } = usage;
        let counts = [calls, errors, aborted, used, input, output, cache_read, cache_write];
        let mut all = [0; 9];
        for (to, from) in all.iter_mut().zip(counts) {
            *to = i64::try_from(*from).unwrap_or(i64::MAX);
        }
        all[8] = recorded.nanos();
        Self(all)
    }

    /// Writes it with the values that name the row in front.
    pub(super) fn write<const N: usize>(&self, statement: &mut Statement<'_>, row: [i64; N]) -> rusqlite::Result<()> {
        for (place, value) in row.iter().chain(&self.0).enumerate() {
            statement.raw_bind_parameter(place + 1, value)?;
        }
        statement.raw_execute().map(|_| ())
    }

    /// Whether it takes anything out.
    pub(super) fn takes_out(&self) -> bool {
        self.0[0] < 0 || self.0.iter().any(|value| *value < 0)
    }
}

impl AddAssign for Change {
    fn add_assign(&mut self, other: Self) {
        for (to, from) in self.0.iter_mut().zip(other.0) {
            *to += from;
        }
    }
}

impl Neg for Change {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.map(i64::wrapping_neg))
    }
}

/// The sums in a row, from this column on.
pub(super) fn read(row: &Row<'_>, from: usize) -> rusqlite::Result<UsageSums> {
    let count = |at: usize| row.get::<_, i64>(from + at).map(|value| u64::try_from(value).unwrap_or_default());
    Ok(UsageSums {
        calls: count(0)?,
        errors: count(1)?,
        aborted: count(2)?,
        used: count(3)?,
        usage: TokenUsage { input: count(4)?, output: count(5)?, cache_read: count(6)?, cache_write: count(7)? },
        recorded: Money::from_nanos(row.get(from + 8)?),
    })
}

/// The statement that adds a change to a row of a table.
pub(super) fn upsert(table: &str, names: &[&str]) -> String {
    let columns: Vec<&str> = COLUMNS.split(", ").collect();
    let places: Vec<String> = (1..=names.len() + columns.len()).map(|place| format!("?{place}")).collect();
    let sums: Vec<String> = columns.iter().map(|column| format!("{column} = {column} + excluded.{column}")).collect();
    let row = names.join(", ");
    format!(
        "insert into {table} ({row}, {COLUMNS}) values ({}) on conflict ({row}) do update set {}",
        places.join(", "),
        sums.join(", ")
    )
}
