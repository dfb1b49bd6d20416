// Plain structs as bytes, and back. A struct is packed by its `members`, a function beside it that ties them: each
// shape stands once for both ways. Stored bytes are read by the shape that wrote them: where a stored shape changes, so
// does the number its owner keeps beside it. Bytes that are not what was written throw BadPack and nothing else.
#pragma once

#include <array>
#include <bit>
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

namespace imloop::loop {

static_assert(std::endian::native == std::endian::little, "numbers are packed as they lie in memory");

class BadPack : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// T or const T, so that one `members` serves writing and reading.
template <typename T, typename Of>
concept Like = std::same_as<std::remove_const_t<T>, Of>;

class PackWriter {
public:
    std::string bytes;

    template <typename T>
    void operator()(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        } else {
            std::apply([this](const auto&... each) { ((*this)(each), ...); }, members(value));
        }
    }
    void operator()(const std::string& text) {
        size(text.size());
        bytes += text;
    }
    template <typename T>
    void operator()(const std::vector<T>& list) {
        size(list.size());
        for (const auto& each : list) (*this)(each);
    }
    template <typename T, std::size_t n>
    void operator()(const std::array<T, n>& list) {
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
    /// Most are short: one byte, or a mark and four.
    void size(std::size_t n) {
        if (n < 255) {
            bytes += static_cast<char>(n);
            return;
        }
        bytes += '\xff';
        (*this)(static_cast<std::uint32_t>(n));
    }
};

class PackReader {
public:
    explicit PackReader(std::string_view bytes) : rest_(bytes) {}

    template <typename T>
    void operator()(T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            if constexpr (std::same_as<T, bool>) {
                value = take(1).front() != '\0';
            } else {
                std::memcpy(&value, take(sizeof value).data(), sizeof value);
            }
        } else {
            std::apply([this](auto&... each) { ((*this)(each), ...); }, members(value));
        }
    }
    void operator()(std::string& text) { text = take(size()); }
    template <typename T>
    void operator()(std::vector<T>& list) {
        list.resize(size());
        for (auto& each : list) (*this)(each);
    }
    template <typename T, std::size_t n>
    void operator()(std::array<T, n>& list) {
        for (auto& each : list) (*this)(each);
    }
    template <typename A, typename B>
    void operator()(std::pair<A, B>& both) {
        (*this)(both.first);
        (*this)(both.second);
    }
    template <typename T>
    void operator()(std::set<T>& set) {
        for (std::size_t n = size(); n > 0; --n) {
            T each{};
            (*this)(each);
            set.insert(set.end(), std::move(each));
        }
    }
    template <typename K, typename V, typename C>
    void operator()(std::map<K, V, C>& map) {
        for (std::size_t n = size(); n > 0; --n) {
            std::pair<K, V> each;
            (*this)(each);
            map.insert(map.end(), std::move(each));
        }
    }
    template <typename T>
    void operator()(std::optional<T>& value) {
        if (take(1).front() != '\0') (*this)(value.emplace());
    }
    bool is_at_end() const { return rest_.empty(); }

private:
    std::string_view take(std::size_t n) {
        if (n > rest_.size()) throw BadPack("ends too soon");
        const auto taken = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return taken;
    }
    /// Of a list or text: each of its members takes a byte at least.
    std::size_t size() {
        std::size_t n = static_cast<unsigned char>(take(1).front());
        if (n == 255) {
            std::uint32_t whole = 0;
            (*this)(whole);
            n = whole;
        }
        if (n > rest_.size()) throw BadPack("a list is longer than what holds it");
        return n;
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
