// Plain structs as bytes, and back. A struct is packed by its `members`, a function beside it that ties them: each
// shape stands once for both ways. Stored bytes are read by the shape that wrote them: where a stored shape changes, so
// does the number its owner keeps beside it. Bytes that are not what was written throw BadPack and nothing else.
// Few bytes: numbers take as many as they need, decimal fractions are kept as decimals, ids and digests as their bytes.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "loop/rows/hex_text.hpp"

namespace imloop::loop {

static_assert(std::endian::native == std::endian::little, "what is no decimal is packed as it lies in memory");

class BadPack : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// T or const T, so that one `members` serves writing and reading.
template <typename T, typename Of>
concept Like = std::same_as<std::remove_const_t<T>, Of>;

/// How marks of one byte are read. Of a text or list: its size up to `short_max`, or what follows instead. Of a
/// fraction: how many decimals the whole number has that follows.
namespace pack_marks {
inline constexpr std::size_t short_max = 252;
inline constexpr unsigned char uuid = 253, digest = 254, long_size = 255;
inline constexpr int decimals_max = 6;
inline constexpr unsigned char binary_fraction = 7;
inline constexpr std::array<double, decimals_max + 1> tens{1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
/// Up to here whole numbers are exact.
inline constexpr double whole_max = 9'007'199'254'740'992.0;
}  // namespace pack_marks

class PackWriter {
public:
    std::string bytes;

    template <typename T>
    void operator()(const T& value) {
        if constexpr (std::is_enum_v<T>) {
            (*this)(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, double>) {
            fraction(value);
        } else if constexpr (std::same_as<T, float>) {
            binary(value);
        } else if constexpr (std::is_integral_v<T> && sizeof(T) == 1) {
            bytes += static_cast<char>(value);
        } else if constexpr (std::is_integral_v<T>) {
            whole(static_cast<std::int64_t>(value));
        } else {
            std::apply([this](const auto&... each) { ((*this)(each), ...); }, members(value));
        }
    }
    void operator()(const std::string& text) {
        if (is_uuid(text) || is_digest(text)) {
            mark(text.size() == 2 * digest_bytes ? pack_marks::digest : pack_marks::uuid);
            bytes += bytes_of_hex(text);
            return;
        }
        size(text.size());
        bytes += text;
    }
    template <typename T>
    void operator()(const std::vector<T>& list) {
        size(list.size());
        for (const auto& each : list) (*this)(each);
    }
    template <typename T, std::size_t N>
    void operator()(const std::array<T, N>& list) {
        for (const auto& each : list) (*this)(each);
    }
    template <typename A, typename B>
    void operator()(const std::pair<A, B>& both) {
        (*this)(both.first);
        (*this)(both.second);
    }
    template <typename T>
    void operator()(const std::set<T>& set) {
        each_of(set);
    }
    template <typename K, typename V, typename C>
    void operator()(const std::map<K, V, C>& map) {
        each_of(map);
    }
    template <typename T>
    void operator()(const std::optional<T>& value) {
        bytes += value ? '\1' : '\0';
        if (value) (*this)(*value);
    }

private:
    void each_of(const auto& many) {
        size(many.size());
        for (const auto& each : many) (*this)(each);
    }
    void size(std::size_t n) {
        if (n <= pack_marks::short_max) return mark(static_cast<unsigned char>(n));
        mark(pack_marks::long_size);
        whole(static_cast<std::int64_t>(n));
    }
    void mark(unsigned char m) { bytes += static_cast<char>(m); }
    /// Seven bits a byte, the lowest first; the sign is the lowest of all.
    void whole(std::int64_t n) {
        auto rest = static_cast<std::uint64_t>(n) << 1U ^ static_cast<std::uint64_t>(n >> 63);
        for (; rest >= 0x80; rest >>= 7U) mark(static_cast<unsigned char>(rest | 0x80));
        mark(static_cast<unsigned char>(rest));
    }
    void fraction(double value) {
        for (std::size_t decimals = 0; decimals < pack_marks::tens.size(); ++decimals) {
            const double scaled = std::nearbyint(value * pack_marks::tens[decimals]);
            if (!(std::abs(scaled) <= pack_marks::whole_max)) break;
            if (scaled / pack_marks::tens[decimals] != value || (scaled == 0 && std::signbit(value))) continue;
            mark(static_cast<unsigned char>(decimals));
            return whole(static_cast<std::int64_t>(scaled));
        }
        mark(pack_marks::binary_fraction);
        binary(value);
    }
    template <typename T>
    void binary(T value) {
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
};

class PackReader {
public:
    explicit PackReader(std::string_view bytes) : rest_(bytes) {}

    template <typename T>
    void operator()(T& value) {
        if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> number{};
            (*this)(number);
            value = static_cast<T>(number);
        } else if constexpr (std::same_as<T, double>) {
            value = fraction();
        } else if constexpr (std::same_as<T, float>) {
            value = binary<float>();
        } else if constexpr (std::is_integral_v<T> && sizeof(T) == 1) {
            value = static_cast<T>(mark());
        } else if constexpr (std::is_integral_v<T>) {
            value = static_cast<T>(whole());
        } else {
            std::apply([this](auto&... each) { ((*this)(each), ...); }, members(value));
        }
    }
    void operator()(std::string& text) {
        switch (const auto m = mark()) {
            case pack_marks::uuid:
                text = uuid_of(take(uuid_bytes));
                break;
            case pack_marks::digest:
                text = hex_of(take(digest_bytes));
                break;
            default:
                text = take(size(m));
        }
    }
    template <typename T>
    void operator()(std::vector<T>& list) {
        list.resize(size(mark()));
        for (auto& each : list) (*this)(each);
    }
    template <typename T, std::size_t N>
    void operator()(std::array<T, N>& list) {
        for (auto& each : list) (*this)(each);
    }
    template <typename A, typename B>
    void operator()(std::pair<A, B>& both) {
        (*this)(both.first);
        (*this)(both.second);
    }
    template <typename T>
    void operator()(std::set<T>& set) {
        for (std::size_t n = size(mark()); n > 0; --n) {
            T each{};
            (*this)(each);
            set.insert(set.end(), std::move(each));
        }
    }
    template <typename K, typename V, typename C>
    void operator()(std::map<K, V, C>& map) {
        for (std::size_t n = size(mark()); n > 0; --n) {
            std::pair<K, V> each;
            (*this)(each);
            map.insert(map.end(), std::move(each));
        }
    }
    template <typename T>
    void operator()(std::optional<T>& value) {
        if (mark() != 0) (*this)(value.emplace());
    }
    bool is_at_end() const { return rest_.empty(); }

private:
    std::string_view take(std::size_t n) {
        if (n > rest_.size()) throw BadPack("ends too soon");
        const auto taken = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return taken;
    }
    unsigned char mark() { return static_cast<unsigned char>(take(1).front()); }
    /// Of a list or text: each of its members takes a byte at least.
    std::size_t size(unsigned char m) {
        const auto n = m == pack_marks::long_size ? static_cast<std::size_t>(whole()) : m;
        if (n > rest_.size()) throw BadPack("a list is longer than what holds it");
        return n;
    }
    std::int64_t whole() {
        std::uint64_t turned = 0;
        for (unsigned shift = 0;; shift += 7) {
            if (shift > 63) throw BadPack("a number has no end");
            const auto part = mark();
            turned |= static_cast<std::uint64_t>(part & 0x7FU) << shift;
            if (part < 0x80) break;
        }
        return static_cast<std::int64_t>(turned >> 1U ^ (~(turned & 1U) + 1U));
    }
    double fraction() {
        const auto m = mark();
        return m <= pack_marks::decimals_max ? static_cast<double>(whole()) / pack_marks::tens[m] : binary<double>();
    }
    template <typename T>
    T binary() {
        T value{};
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    std::string_view rest_;
};

template <typename T>
std::string packed(const T& value) {
    PackWriter writer;
    writer(value);
    writer.bytes.shrink_to_fit();
    return std::move(writer.bytes);
}

template <typename T>
T unpacked(std::string_view bytes) {
    PackReader reader(bytes);
    T value{};
    reader(value);
    if (!reader.is_at_end()) throw BadPack("goes on behind its end");
    return value;
}

}  // namespace imloop::loop
