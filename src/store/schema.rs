//! The tables of the ledger, as numbered migrations. One that was released is never edited.

use rusqlite::Connection;

use super::StoreError;

/// Says in the file's header whose database it is: "FDLG".
pub const APPLICATION_ID: i64 = 0x4644_4c47;

/// The schema that this version reads and writes.
pub const LATEST: i64 = 2;

/// Each migration brings the schema from the number of its place to the next.
const MIGRATIONS: [&str; 2] = [include_str!("schema/0001.sql"), include_str!("schema/0002.sql")];

/// Brings a ledger to the latest schema; an empty file becomes a ledger.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found > LATEST {
        return Err(StoreError::Newer { found, known: LATEST });
    }
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let empty = found == 0 && table_count(connection)? == 0;
    if !empty && application != APPLICATION_ID {
        return Err(StoreError::Damaged("it is a database of another program".to_owned()));
    }
    for (number, migration) in (1..).zip(MIGRATIONS).skip_while(|(number, _)| *number <= found) {
        let step = connection.transaction()?;
        step.execute_batch(migration)?;
        step.pragma_update(None, "application_id", APPLICATION_ID)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    Ok(())
}

/// The schema of a ledger.
pub fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn table_count(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?)
}
