// Made-up equipment files, in folders of their own.
#pragma once

#include <fstream>

#include "loop/time.hpp"
#include "station/intake/nha/nha.hpp"
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

/// A lug-down test of an NHA line, as its folder holds it.
inline const std::string lugdown_log =
    "[TestLog]\r\nRunningNumber = 005001900001\r\nReportNumber = 610404990000000002\r\nLineNumber = 03\r\n"
    "TestStartTime = 2026-03-02 09:10:00\r\nTestEndTime = 2026-03-02 09:13:00\r\nIsTestFinished = 1\r\n"
    "PlateNumber = 陕D0T777\r\nPlateType = 黄牌\r\nVIN = LGDXWA0A6MH000777\r\nIsRetest = 0\r\n"
    "TestCharacter = 在用车检验\r\nFuelType = 柴油\r\nHasOBD =1 \r\nDynamometerNumber = D2\r\n"
    "AnalyzerNumber = A2\r\nOpacimeterNumber = P2\r\nNOxAnalyzerNumber = N2\r\n"
    "OpacimeterChannelCalibrationDate = 2026-03-02 08:00:00\r\n";

inline std::string result(const std::string& name, const std::string& members) {
    return "[ResultOf" + name +
           "]\r\nPlateNumber=陕D0T777\r\nPlateType=黄牌\r\nIsTestFinished=1\r\n"
           "TestStartTime=2026-03-02 09:10:00\r\nTestEndTime=2026-03-02 09:13:00\r\n" +
           members + "[Version]\r\nVersion=1.0.0.200911\r\n";
}

inline const std::string lugdown_members =
    "K100=1.48\r\nK90=0.00\r\nK80=0.97\r\nNOx80=261\r\nKLimit=1.20\r\nNOxLimit=1500\r\nCorrectedPower=51.00\r\n"
    "MinHP=20.00\r\nPassOfK100=0\r\nPassOfK80=1\r\nPassOfNOx80=1\r\nPassOfP=1\r\nPassOfRev=0\r\n"
    "SkipRevJudgement=1\r\nPass=0\r\nEnvironmentalTemperature=25.00\r\n";

inline std::string lugdown_row(int n, const std::string& second, const std::string& state) {
    return "[" + std::to_string(n) + "]\r\nTime=" + std::to_string(n) + "\r\nSamplingTime=2026-03-02 09:11:" + second +
           "\r\nVelocity=70.15\r\nPower=10.02\r\nForce=513.10\r\nState=" + state +
           "\r\nN=2.10\r\nK=0.05\r\nNOx=260\r\nEngineRev=2150\r\nOilTemperature=88.20\r\n\r\n";
}
inline const std::string lugdown_rows = "\r\n[Sum]\r\nTotal=4\r\n" + lugdown_row(1, "00", "2") +
                                        lugdown_row(2, "01", "3") + lugdown_row(3, "02", "5") +
                                        lugdown_row(4, "03", "6");

struct Lugdown : Folder {
    Lugdown() {
        put("TestLog.ini", lugdown_log);
        put("ResultOfLUGDOWN.ini", result("LUGDOWN", lugdown_members));
        put("RealTimeDataOfLUGDOWN.ini", lugdown_rows);
    }
};

/// The code with which a file was left; empty where it was not.
inline std::string reason(const station::intake::Intake& intake, const std::string& file) {
    for (const auto& left : intake.left)
        if (left.file == file) return left.code;
    return {};
}

}  // namespace imloop::test
