#include "hub/store/rows.hpp"

#include "journal/digest.hpp"
#include "journal/table_bytes.hpp"

namespace imloop::hub {

std::string row_digest(std::span<const std::string> columns) {
    std::string all;
    for (const auto& column : columns) all.append(std::to_string(column.size())).append(":").append(column);
    const auto digest = journal::sha256(all);
    return {digest.begin(), digest.end()};
}

std::string segment_digest(const engine::Statement& s) {
    return row_digest({s.text(0), s.text(1), s.text(2), s.text(3), s.text(4), s.text(5), s.text(6)});
}
std::string trace_digest(const engine::Statement& s) {
    return row_digest({s.text(0), s.text(1), s.text(2), s.text(3)});
}
std::string figures_digest(const engine::Statement& s) { return row_digest({s.text(0), s.text(1), s.text(2)}); }

std::optional<std::string> decoded(const std::string& stored) {
    try {
        return journal::table_decode(stored);
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

}  // namespace imloop::hub
