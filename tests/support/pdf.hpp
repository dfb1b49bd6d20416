// What another program (pdftotext of poppler-utils) reads in a PDF.
#pragma once

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/files.hpp"

namespace imloop::test {

/// The text of each page, set out as on paper.
inline std::vector<std::string> pdf_pages(const std::string& bytes) {
    const TempDir dir;
    const auto file = dir.path() / "read.pdf";
    std::ofstream(file, std::ios::binary) << bytes;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
        ::popen(("pdftotext -layout " + file.string() + " -").c_str(), "r"), &::pclose);
    if (!pipe) throw std::runtime_error("no pdftotext: install poppler-utils");
    std::vector<std::string> out(1);
    for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get()))
        if (c == '\f')
            out.emplace_back();
        else
            out.back() += static_cast<char>(c);
    out.pop_back();  // what is behind the last page
    if (out.empty()) throw std::runtime_error("pdftotext (poppler-utils) read no page");
    return out;
}

inline std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

}  // namespace imloop::test
