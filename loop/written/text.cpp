#include "loop/written/text.hpp"

namespace imloop::loop {
namespace {

constexpr std::string_view spaces[] = {" ",        "\t",           "\r",           "\n",
                                       "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF", "\xE2\x80\x8B"};

constexpr std::string_view wide_yen = "\xEF\xBF\xA5", narrow_yen = "\xC2\xA5", wide_space = "\xE3\x80\x80";

}  // namespace

std::string trimmed(std::string_view written) {
    for (bool more = true; more;) {
        more = false;
        for (const auto space : spaces) {
            if (written.starts_with(space)) written.remove_prefix(space.size()), more = true;
            if (written.ends_with(space)) written.remove_suffix(space.size()), more = true;
        }
    }
    if (written.size() >= 3 && written.starts_with("=\"") && written.ends_with('"'))
        written = written.substr(2, written.size() - 3);
    if (written.starts_with('\'')) written.remove_prefix(1);
    return std::string(written);
}

std::string half_width(std::string_view written) {
    std::string out;
    out.reserve(written.size());
    while (!written.empty()) {
        const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(written[k]); };
        std::size_t taken = 1;
        if (written.starts_with(wide_space)) {
            out += ' ';
            taken = wide_space.size();
        } else if (written.starts_with(wide_yen)) {
            out += narrow_yen;
            taken = wide_yen.size();
        } else if (written.size() >= 3 && byte(0) == 0xEF && (byte(1) == 0xBC || byte(1) == 0xBD)) {
            // U+FF01 to U+FF5E stand in the order of ASCII from '!' on.
            const unsigned code = 0xF000U + ((byte(1) & 0x3FU) << 6) + (byte(2) & 0x3FU);
            taken = 3;
            if (code >= 0xFF01 && code <= 0xFF5E)
                out += static_cast<char>(code - 0xFF01 + '!');
            else
                out += written.substr(0, taken);
        } else {
            out += written[0];
        }
        written.remove_prefix(taken);
    }
    return out;
}

}  // namespace imloop::loop
