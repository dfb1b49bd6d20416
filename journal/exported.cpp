#include "journal/exported.hpp"

#include <cassert>

#include "journal/limits.hpp"
#include "journal/segment.hpp"

namespace imloop::journal {
namespace {

std::size_t line_end(std::string_view bytes, std::size_t from) {
    const auto end = bytes.find('\n', from);
    return end == std::string_view::npos ? bytes.size() : end + 1;
}

}  // namespace

Result<Exported> take_exported(std::string_view& rest) {
    assert(!rest.empty());
    std::size_t end = line_end(rest, 0);
    for (std::size_t lines = 1; end < rest.size() && lines < segment_lines_max + 2; ++lines) {
        const std::size_t begin = end;
        end = line_end(rest, begin);
        // A record may look like a seal: only a whole frame ends here.
        if (lines < 2 || !rest.substr(begin).starts_with("{\"last\":") || !parse_segment(rest.substr(0, end))) continue;
        Exported out{rest.substr(0, end), {}};
        if (rest.substr(end).starts_with("{\"receipt\":")) {
            const std::size_t receipt_end = line_end(rest, line_end(rest, end));
            out.receipt = rest.substr(end, receipt_end - end);
        }
        rest.remove_prefix(out.segment.size() + out.receipt.size());
        return out;
    }
    // Says what is wrong with what stands there.
    auto parsed = parse_segment(rest.substr(0, end));
    if (!parsed) return parsed.error();
    return Error("malformed_segment", "这里没有完整的数据段", "no whole segment here");
}

}  // namespace imloop::journal
