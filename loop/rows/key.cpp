#include "loop/rows/key.hpp"

#include "loop/rows/hex_text.hpp"
#include "loop/rows/rows.hpp"

namespace imloop::loop {
namespace {

constexpr char of_uuid = '\1', end = '\1', of_nul = '\xfe', of_one = '\xff';
/// The first byte of the number 0; of others so many more, or less where they are negative, as bytes follow.
constexpr int of_zero = 0x80;
constexpr int number_bytes_max = 8;

}  // namespace

void key_parts::append(std::string& key, std::string_view text) {
    if (is_uuid(text)) {
        key += of_uuid;
        key += bytes_of_hex(text);
        return;
    }
    if (text.starts_with('\1')) {
        key += '\0';
        key += of_one;
        text.remove_prefix(1);
    }
    for (const char c : text) {
        key += c;
        if (c == '\0') key += of_nul;
    }
    key += '\0';
    key += end;
}

void key_parts::append_number(std::string& key, std::int64_t number) {
    const bool is_negative = number < 0;
    const auto turned = static_cast<std::uint64_t>(is_negative ? ~number : number);
    int bytes = 0;
    while (bytes < number_bytes_max && turned >> (8U * static_cast<unsigned>(bytes)) != 0) ++bytes;
    key += static_cast<char>(is_negative ? of_zero - 1 - bytes : of_zero + bytes);
    for (int i = bytes - 1; i >= 0; --i)
        key += static_cast<char>(static_cast<std::uint64_t>(number) >> (8U * static_cast<unsigned>(i)));
}

std::string_view KeyReader::take(std::size_t n) {
    if (rest_.size() < n) throw BadRow("a key ends too soon");
    const auto taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
}

std::string KeyReader::text() {
    if (rest_.starts_with(of_uuid)) {
        take(1);
        return uuid_of(take(uuid_bytes));
    }
    std::string out;
    for (;;) {
        const auto at = rest_.find('\0');
        if (at == std::string_view::npos) throw BadRow("a key ends within a text");
        out += take(at);
        const char mark = take(2)[1];
        if (mark == end) return out;
        out += mark == of_one ? '\1' : '\0';
    }
}

std::int64_t KeyReader::number() {
    const int first = static_cast<unsigned char>(take(1).front());
    const bool is_negative = first < of_zero;
    const int bytes = is_negative ? of_zero - 1 - first : first - of_zero;
    if (bytes > number_bytes_max) throw BadRow("a key has no number where one is");
    std::uint64_t number = is_negative ? ~std::uint64_t{0} : 0;
    for (const char c : take(static_cast<std::size_t>(bytes))) number = number << 8U | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(number);
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
