#include "station/archive/guesses.hpp"

namespace imloop::station::archive {
namespace {

/// Codes and addresses at a time; beyond it all begin anew.
constexpr std::size_t addresses_max = 10'000;

}  // namespace

int Guesses::wait_seconds(const std::string& company_code, const std::string& address, loop::Moment now) const {
    const auto row = wrong_.find({company_code, address});
    if (row == wrong_.end() || row->second.size() < guesses_max) return 0;
    const auto since = row->second.front();
    if (since > now || now - since >= guesses_within) return 0;  // over, or of a clock that was ahead
    return static_cast<int>((since + guesses_within - now + 999) / 1000);
}

void Guesses::wrong(const std::string& company_code, const std::string& address, loop::Moment now) {
    if (wrong_.size() >= addresses_max) wrong_.clear();
    auto& row = wrong_[{company_code, address}];
    row.push_back(now);
    if (row.size() > guesses_max) row.pop_front();
}

}  // namespace imloop::station::archive
