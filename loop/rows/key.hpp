// Keys of rows: several parts as bytes whose order is that of the parts, one after the other. A text may hold any byte;
// ids (UUIDs) stand before other texts.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace imloop::loop {

namespace key_parts {

/// A UUID: 01 and its 16 bytes. Another text ends with 00 01; a 00 within is 00 FE, an 01 at its beginning 00 FF: so no
/// part is the beginning of another.
void append(std::string& key, std::string_view text);
/// The sign and how many bytes follow in one byte, then these, the highest first.
void append_number(std::string& key, std::int64_t number);
template <std::integral T>
void append(std::string& key, T number) {
    append_number(key, static_cast<std::int64_t>(number));
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
    std::string_view take(std::size_t n);
    std::string_view rest_;
};

/// The second part of a key whose first two are texts.
std::string second_of(std::string_view key);

/// Behind all keys that begin with this.
std::string end_of(std::string_view prefix);

}  // namespace imloop::loop
