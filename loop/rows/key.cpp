#include "loop/rows/key.hpp"

#include "loop/rows/rows.hpp"

namespace imloop::loop {

std::string KeyReader::text() {
    std::string out;
    for (;;) {
        const auto at = rest_.find('\0');
        if (at == std::string_view::npos || at + 1 == rest_.size()) throw BadRow("a key ends within a text");
        out += rest_.substr(0, at);
        const char mark = rest_[at + 1];
        rest_.remove_prefix(at + 2);
        if (mark == '\1') return out;
        out += '\0';
    }
}

std::int64_t KeyReader::number() {
    if (rest_.size() < 8) throw BadRow("a key ends within a number");
    std::uint64_t turned = 0;
    for (std::size_t i = 0; i < 8; ++i) turned = turned << 8U | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(8);
    return static_cast<std::int64_t>(turned ^ (std::uint64_t{1} << 63U));
}

std::string second_of(std::string_view key) {
    KeyReader parts(key);
    (void)parts.text();
    return parts.text();
}

std::string end_of(std::string_view prefix) {
    std::string out(prefix);
    while (!out.empty() && out.back() == '\xff') out.pop_back();
    if (!out.empty()) out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) + 1);
    return out;
}

}  // namespace imloop::loop
