// Keys of rows: several parts as bytes whose order is that of the parts, one after the other. A text may hold any byte.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace imloop::loop {

namespace key_parts {

/// Ends with 00 01; a 00 within is 00 FF, so that no text is the beginning of another.
inline void append(std::string& key, std::string_view text) {
    for (const char c : text) {
        key += c;
        if (c == '\0') key += '\xff';
    }
    key.append("\0\1", 2);
}

/// Eight bytes, the sign turned, the highest first.
template <std::integral T>
void append(std::string& key, T number) {
    const auto turned = static_cast<std::uint64_t>(static_cast<std::int64_t>(number)) ^ (std::uint64_t{1} << 63U);
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(turned >> static_cast<unsigned>(shift));
}

}  // namespace key_parts

/// `key_of(a, b)` begins with `key_of(a)`, as every key does whose first part is `a`, and no other.
template <typename... Parts>
std::string key_of(const Parts&... parts) {
    std::string key;
    (key_parts::append(key, parts), ...);
    return key;
}

/// The parts again, in their order. Throws BadRow where there are others.
class KeyReader {
public:
    explicit KeyReader(std::string_view key) : rest_(key) {}
    std::string text();
    std::int64_t number();

private:
    std::string_view rest_;
};

/// The second part of a key whose first two are texts.
std::string second_of(std::string_view key);

/// Behind all keys that begin with this.
std::string end_of(std::string_view prefix);

}  // namespace imloop::loop
