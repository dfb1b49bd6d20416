// The parts of a ZIP archive in memory, each no larger and no more packed than table_limits allows. Names are found
// whatever their case and slashes are, as spreadsheets find them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "journal/error.hpp"

namespace imloop::station::intake {

class Zip {
public:
    /// `bytes` must outlive it. Errors: bad_xlsx.
    static journal::Result<Zip> open(std::string_view bytes);
    ~Zip();
    Zip(Zip&&) noexcept;

    bool has(const std::string& name) const;
    /// Errors: bad_xlsx (no such part, damaged), too_large, encrypted.
    journal::Result<std::string> part(const std::string& name) const;

private:
    struct Impl;
    explicit Zip(std::unique_ptr<Impl>);
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::station::intake
