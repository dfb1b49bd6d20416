// Folders in the form of an NHA line with a made-up two-speed idle and a made-up ASM test: 90 seconds each, gases that
// settle after the probe is in, corrections and rounding as such equipment has them.
#pragma once

#include <cmath>

#include "loop/physics/exhaust.hpp"
#include "tests/support/equipment.hpp"

namespace imloop::test {

inline std::string nha_log(const std::string& plate, const std::string& vin, const std::string& start,
                           const std::string& end) {
    return "[TestLog]\r\nReportNumber = 610404990000000031\r\nLineNumber = 01\r\nTestStartTime = " + start +
           "\r\nTestEndTime = " + end + "\r\nIsTestFinished = 1\r\nPlateNumber = " + plate +
           "\r\nPlateType = 蓝牌\r\nVIN = " + vin +
           "\r\nIsRetest = 0\r\nTestCharacter = 在用车检验\r\nFuelType = 汽油\r\nEmissionStandard = 国IV\r\n"
           "RegistrationDate = 2012-05-12\r\nVehicleType = K33\r\nRatedPower = 90.0\r\nHasOBD =1 \r\n"
           "DynamometerNumber = D7\r\nAnalyzerNumber = A7\r\nAnalyzerChannelCalibrationDate = 2026-03-02 08:00:00\r\n";
}

inline std::string nha_result(const std::string& kind, const std::string& plate, const std::string& start,
                              const std::string& end, const std::string& members) {
    return "[ResultOf" + kind + "]\r\nPlateNumber=" + plate +
           "\r\nPlateType=蓝牌\r\nIsTestFinished=1\r\nTestStartTime=" + start + "\r\nTestEndTime=" + end + "\r\n" +
           members +
           "EnvironmentalTemperature=12.40\r\nRelativeHumidity=41.00\r\nAtmosphericPressure=96.10\r\nPass=1\r\n"
           "[Version]\r\nVersion=1.0.0\r\n";
}

/// Gas of that O2 with the CO2 that belongs to it.
inline loop::physics::Gas gas_with(double co, double o2, double hc, double no) {
    loop::physics::Gas gas{co, 14, o2, hc, no};
    for (int i = 0; i < 3; ++i)
        gas.co2_pct = loop::physics::expected_carbon_pct(gas, loop::physics::petrol) - co - 6e-4 * hc;
    return gas;
}

inline std::string nha_row(int n, const std::string& time, const loop::physics::Gas& gas, int rpm,
                           const std::string& more) {
    return fmt::format(
        "[{}]\r\nTime={}\r\nSamplingTime=2026-03-02 "
        "{}\r\nHC={:.0f}\r\nCO={:.2f}\r\nO2={:.2f}\r\nCO2={:.2f}\r\nNO={:.0f}\r\n"
        "EngineRev={}\r\nOilTemperature=94.80\r\nLambda={:.2f}\r\nOBDRTData_EngineRev={}\r\n"
        "EnvironmentalTemperature=12.40\r\nRelativeHumidity=41.00\r\nAtmosphericPressure=96.10\r\n{}\r\n",
        n, n, time, gas.hc_ppm, gas.co_pct, gas.o2_pct, gas.co2_pct, gas.no_ppm, rpm,
        loop::physics::brettschneider_lambda(gas, loop::physics::petrol), rpm, more);
}

/// 45 s of 2,480 and 45 s of 750 revolutions, the last 30 of each sampled.
struct TwoSpeedIdleFolder : Folder {
    TwoSpeedIdleFolder() {
        const std::string start = "2026-03-02 10:00:00", end = "2026-03-02 10:03:00";
        put("TestLog.ini", nha_log("陕D0T031", "LSVAA4182E2000013", start, end));
        put("ResultOfDIS.ini",
            nha_result("DIS", "陕D0T031", start, end,
                       "HCHigh=16\r\nLimitOfHCHigh=50\r\nPassOfHCHigh=1\r\nCOHigh=0.08\r\nLimitOfCOHigh=0.30\r\n"
                       "PassOfCOHigh=1\r\nO2High=0.32\r\nCO2High=15.35\r\nNeedTestLambda=1\r\nLambda=1.01\r\n"
                       "PassOfLambda=1\r\nLowerLimitOfLambda=0.95\r\nUpperLimitOfLambda=1.05\r\nNeedTestLIS=1\r\n"
                       "HCLow=27\r\nLimitOfHCLow=80\r\nPassOfHCLow=1\r\nCOLow=0.13\r\nLimitOfCOLow=0.60\r\n"
                       "PassOfCOLow=1\r\nO2Low=0.19\r\nCO2Low=15.38\r\n"));
        std::string rows = "\r\n[Sum]\r\nTotal=90\r\n";
        for (int n = 1; n <= 90; ++n) {
            const bool is_high = n <= 45;
            const double o2 = is_high ? 0.3 + 16 * std::exp(-n / 4.0) : 0.19 + 0.1 * std::exp(-(n - 45) / 5.0);
            const int wave = n * 7 % 5 - 2;
            const auto gas = is_high ? gas_with(0.08 + 0.01 * (n % 3 - 1), o2, 16 + n % 2, 120 + wave)
                                     : gas_with(0.13 + 0.01 * (n % 3 - 1), o2, 27 + n % 2, 90 + wave);
            const int at = 80 + n;
            rows += nha_row(n, fmt::format("10:{:02}:{:02}", at / 60, at % 60), gas, (is_high ? 2480 : 750) + 8 * wave,
                            "OBDRTData_Velocity=0.0\r\n");
        }
        put("RealTimeDataOfDIS.ini", rows);
    }
};

/// 10 s of hold, 10 s of stable and 70 s of test at 25 km/h; the result is the mean of rows 73 to 82, corrected.
struct AsmFolder : Folder {
    AsmFolder() {
        const std::string start = "2026-03-02 11:00:00", end = "2026-03-02 11:02:00";
        put("TestLog.ini", nha_log("陕D0T032", "LFVBA11G0F3000026", start, end));
        std::string rows =
            "\r\n[Sum]\r\nTotal=90\r\n[StateOrder]\r\nStartMode5025=1\r\nStartCalculate5025=73\r\n"
            "EndCalculate5025=82\r\n";
        for (int n = 1; n <= 90; ++n) {
            const int wave = n * 7 % 5 - 2;
            const double settling = std::exp(-n / 12.0), speed = 25 + 0.3 * std::sin(n / 9.0);
            const auto gas = gas_with(0.09 + 0.4 * settling + 0.01 * (n % 2), 0.8 + settling,
                                      31 + 20 * settling + n % 2, 410 + 300 * settling + 4 * wave);
            rows += nha_row(n, fmt::format("11:{:02}:{:02}", (25 + n) / 60, (25 + n) % 60), gas, 1640 + 6 * wave,
                            fmt::format("State={}\r\nVelocity={:.2f}\r\nPower={:.2f}\r\nForce={:.2f}\r\n"
                                        "OBDRTData_Velocity={:.1f}\r\n",
                                        n <= 10   ? 4
                                        : n <= 20 ? 5
                                                  : 6,
                                        speed, 990 * speed / 3600, 990.0 + wave, std::round(speed * 1.06)));
        }
        put("RealTimeDataOfASM.ini", rows);
        put("ResultOfASM.ini",
            nha_result("ASM", "陕D0T032", start, end,
                       "CO5025=0.09\r\nLimitOfCO5025=0.50\r\nPassOfCO5025=1\r\nHC5025=31\r\nLimitOfHC5025=90\r\n"
                       "PassOfHC5025=1\r\nNO5025=334\r\nLimitOfNO5025=700\r\nPassOfNO5025=1\r\nCO25025=14.96\r\n"
                       "O25025=0.80\r\nLambda5025=1.03\r\nPower5025=6.88\r\nNeedTestMode2540=0\r\n"));
    }
};

}  // namespace imloop::test
