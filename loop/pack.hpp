// Plain structs as bytes in memory, and back. A struct is packed by its `members`, a function beside it that ties them:
// each shape stands once for both ways. The bytes are of this build alone: they are never stored.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace imloop::loop {

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
    template <typename T>
    void operator()(const std::optional<T>& value) {
        bytes += value ? '\1' : '\0';
        if (value) (*this)(*value);
    }

private:
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
            std::memcpy(&value, rest_.data(), sizeof value);
            rest_.remove_prefix(sizeof value);
        } else {
            std::apply([this](auto&... each) { ((*this)(each), ...); }, members(value));
        }
    }
    void operator()(std::string& text) {
        const std::size_t n = size();
        text = rest_.substr(0, n);
        rest_.remove_prefix(n);
    }
    template <typename T>
    void operator()(std::vector<T>& list) {
        list.resize(size());
        for (auto& each : list) (*this)(each);
    }
    template <typename T>
    void operator()(std::optional<T>& value) {
        const bool is_there = rest_.front() != '\0';
        rest_.remove_prefix(1);
        if (is_there) (*this)(value.emplace());
    }

private:
    std::size_t size() {
        const auto n = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        if (n < 255) return n;
        std::uint32_t whole = 0;
        (*this)(whole);
        return whole;
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
    T value;
    reader(value);
    return value;
}

}  // namespace imloop::loop
