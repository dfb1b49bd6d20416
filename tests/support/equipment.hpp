// Made-up equipment files, in folders of their own.
#pragma once

#include <fstream>

#include "loop/time.hpp"
#include "station/intake/nha.hpp"
#include "tests/support/files.hpp"

namespace imloop::test {

inline const station::intake::Settings settings{"I610404-01", "1", "A017", "+08:00"};
inline const loop::Moment now = loop::parse_moment("2026-12-01T00:00:00+08:00").value();

/// With byte-order mark, as most equipment writes.
inline std::string utf16(const std::string& utf8) {
    std::string out = "\xFF\xFE";
    for (std::size_t i = 0; i < utf8.size();) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        unsigned code = c;
        const std::size_t size = c < 0x80 ? 1 : c < 0xE0 ? 2 : 3;
        if (size > 1) code = c & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size; ++k) code = (code << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
        i += size;
        out += static_cast<char>(code & 0xFF);
        out += static_cast<char>(code >> 8);
    }
    return out;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// A folder in the equipment's form.
struct Folder {
    TempDir dir;
    void put(const std::string& name, const std::string& text, bool wide = true) const {
        std::ofstream(dir.path() / name, std::ios::binary) << (wide ? utf16(text) : text);
    }
    station::intake::Intake read() const { return station::intake::read_nha(dir.path(), settings).value(); }
};

/// The code with which a file was left; empty where it was not.
inline std::string reason(const station::intake::Intake& intake, const std::string& file) {
    for (const auto& left : intake.left)
        if (left.file == file) return left.code;
    return {};
}

}  // namespace imloop::test
