// What a database may refuse, whichever engine it is.
#pragma once

#include <stdexcept>
#include <string>

namespace imloop::engine {

class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Nothing was written; the same call may do where room has been made.
class DiskFull : public StoreError {
public:
    DiskFull();
};

/// The file is no whole database: cut short, or a page of it was changed.
class DamagedFile : public StoreError {
public:
    explicit DamagedFile(const std::string& what_the_engine_says);
};

/// The server does not answer, or not any more. Of a COMMIT it is not known whether it holds: it stands in the
/// database, or not at all.
class ConnectionLost : public StoreError {
public:
    using StoreError::StoreError;
};

/// Another one has the right to write now: nothing was written.
class LeaseLost : public ConnectionLost {
public:
    LeaseLost();
};

/// Another one writes and did not end in time.
class Busy : public StoreError {
public:
    explicit Busy(const std::string& what_the_engine_says);
};

/// A row that the table's own rules refuse: its key is there already, a column is missing, or can't hold its value.
class Constraint : public StoreError {
public:
    using StoreError::StoreError;
};

}  // namespace imloop::engine
