#include "service/terminal.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <mutex>
#include <streambuf>
#include <string>

#include "service/printable.hpp"

namespace imloop::service {
namespace {

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// A stdio stream that leads to a descriptor. Threads print beside each other.
struct Shown {
    int descriptor;
    std::mutex one_at_a_time{};
    PrintablePieces text{};

    static ssize_t write(void* self, const char* bytes, std::size_t size) {
        auto& to = *static_cast<Shown*>(self);
        const std::lock_guard guard(to.one_at_a_time);
        return write_all(to.descriptor, to.text.shown({bytes, size})) ? static_cast<ssize_t>(size) : 0;
    }
    static int close(void* self) {
        auto& to = *static_cast<Shown*>(self);
        const std::lock_guard guard(to.one_at_a_time);
        return write_all(to.descriptor, to.text.rest()) ? 0 : EOF;
    }
};

/// What a stream prints goes the way of stdio, in the order in which both come.
class ToStdio : public std::streambuf {
public:
    explicit ToStdio(FILE* to) : to_(to) {}

private:
    int_type overflow(int_type c) override { return std::fputc(c, to_); }
    std::streamsize xsputn(const char* bytes, std::streamsize size) override {
        return static_cast<std::streamsize>(std::fwrite(bytes, 1, static_cast<std::size_t>(size), to_));
    }
    int sync() override { return std::fflush(to_); }
    FILE* to_;
};

FILE* stream_to(Shown& shown, int buffering) {
    FILE* stream = ::fopencookie(&shown, "w", {nullptr, &Shown::write, nullptr, &Shown::close});
    if (stream != nullptr) std::setvbuf(stream, nullptr, buffering, BUFSIZ);
    return stream;
}

}  // namespace

void print_text_only() {
    // Never destroyed: stdio is emptied after everything else.
    static auto* const out = new Shown{STDOUT_FILENO};
    static auto* const err = new Shown{STDERR_FILENO};
    FILE* text = stream_to(*out, ::isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF);
    FILE* faults = stream_to(*err, _IONBF);
    if (text == nullptr || faults == nullptr) return;
    std::fflush(stdout);
    stdout = text;
    stderr = faults;
    static auto* const by_out = new ToStdio(text);
    static auto* const by_err = new ToStdio(faults);
    std::cout.rdbuf(by_out);
    std::cerr.rdbuf(by_err);
}

void print_bytes(std::string_view bytes) {
    std::cout.flush();
    std::fflush(stdout);
    write_all(STDOUT_FILENO, bytes);
}

}  // namespace imloop::service
