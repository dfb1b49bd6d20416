#include "service/printable.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using imloop::service::printable;
using imloop::service::printable_lines;

TEST_CASE("text that only says something is shown as it is") {
    for (const std::string text : {"", "I610404-01", "渭城一站 · Weicheng", "陕D0T001 ✓ → №5", "C:\\data\\x.ini", "😀"})
        CHECK(printable(text) == text);
}

TEST_CASE("what would act on a terminal or a log is shown as an escape") {
    CHECK(printable("\x1b[2J\x1b]0;x\x07") == "\\u001b[2J\\u001b]0;x\\u0007");
    CHECK(printable("one\r\ntwo\tthree\x7f") == "one\\u000d\\u000atwo\\u0009three\\u007f");
    CHECK(printable(std::string("a\0b", 3)) == "a\\u0000b");
    CHECK(printable("\xc2\x9b"
                    "31m") == "\\u009b31m");
    CHECK(printable("gepj.\xe2\x80\xae"
                    "exe") == "gepj.\\u202eexe");
    CHECK(printable("\xe2\x81\xa6x\xe2\x81\xa9\xe2\x80\x8b\xef\xbb\xbf") == "\\u2066x\\u2069\\u200b\\ufeff");
    CHECK(printable("a\xe2\x80\xa8"
                    "b") == "a\\u2028b");
}

TEST_CASE("bytes that are no UTF-8 are shown each as one") {
    CHECK(printable("\xff\xfe") == "\\ufffd\\ufffd");
    CHECK(printable("\xe9\x99") == "\\ufffd\\ufffd");                        // a character cut short
    CHECK(printable("\xc0\x80") == "\\ufffd\\ufffd");                        // an overlong NUL
    CHECK(printable("\xed\xa0\x80") == "\\ufffd\\ufffd\\ufffd");             // a surrogate
    CHECK(printable("\xf4\x90\x80\x80") == "\\ufffd\\ufffd\\ufffd\\ufffd");  // above U+10FFFF
    CHECK(printable("陕\xff"
                    "D") == "陕\\ufffdD");
}

TEST_CASE("of JSON the same JSON is left, of several lines their ends") {
    const nlohmann::json body{{"name", "x\xe2\x80\xae\xc2\x9b"}, {"lines", {"a\x1b", "b"}}};
    const auto shown = printable_lines(body.dump(2) + "\n");
    CHECK(nlohmann::json::parse(shown) == body);
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("\xe2\x80\xae") == std::string::npos);
    CHECK(printable_lines("[\n  1\n]\n") == "[\n  1\n]\n");
    CHECK(printable_lines("a\tb\nc\r\n") == "a\tb\nc\\u000d\n");
}

TEST_CASE("a text that comes in pieces is shown as the whole is, wherever it is cut") {
    const std::string text = "陕D0T001 ✓ 😀\x1b[2J\xff\xe9\x99 x\xe2\x80\xae\n\xf0\x9f";
    for (std::size_t first = 0; first <= text.size(); ++first)
        for (std::size_t second = first; second <= text.size(); ++second) {
            imloop::service::PrintablePieces pieces;
            std::string shown = pieces.shown(text.substr(0, first));
            shown += pieces.shown(text.substr(first, second - first));
            shown += pieces.shown(text.substr(second));
            CHECK(shown + pieces.rest() == printable_lines(text));
        }
}
