#include "tests/sim/cheat.hpp"

namespace imloop::sim {
namespace {

using enum Side;
constexpr CheatKind kinds[] = {
    {"leak", "采样管漏气稀释", station, false, .4, "R02 R10 S11", cheat::leak, nullptr},
    {"scaling_board", "读数缩小板", station, true, 1.0, "S11 S01", cheat::scaling_board, nullptr},
    {"flip", "不合格改合格", station, false, .10, "S01 S03 R10 R03", cheat::flip, nullptr},
    {"bunching", "读数压到限值下", station, false, .10, "S03 R10", cheat::bunching, nullptr},
    {"replay", "旧过程数据重放", station, false, .5, "V02", cheat::replay, nullptr},
    {"substitute", "替车检验", station, false, .10, "V07 R08", cheat::substitute, nullptr},
    {"too_clean", "异常清洁", station, false, .5, "R14 R03", cheat::too_clean, nullptr},
    {"fails_without_cause", "无故判不合格", station, false, .9, "S01 R10", cheat::fails_without_cause, nullptr},
    {"invented", "编造读数", station, false, .9, "S04 R02 R03", cheat::invented, nullptr},
    {"too_fast", "检验过快", station, false, 1.0, "R04 R10", cheat::too_fast, nullptr},
    {"frozen_environment", "环境参数不变", station, true, .8, "R05", cheat::frozen_environment, nullptr},
    {"wrong_method", "换用宽松方法", station, false, .9, "R07", cheat::wrong_method, nullptr},
    {"calibration_skipped", "不做校准", station, true, .8, "R11", cheat::calibration_skipped, nullptr},
    {"power_altered", "改小额定功率", station, false, .15, "R06", cheat::power_altered, nullptr},
    {"stage_altered", "改低排放阶段", station, false, .05, "R06 R08", cheat::stage_altered, nullptr},
    {"overlap", "一线两车", station, false, .4, "V03 S05", cheat::overlap, nullptr},
    {"backdated", "补录倒签", station, false, .9, "R09", cheat::backdated, nullptr},
    {"miracle_retest", "数分钟后复检合格", station, false, .08, "V04", cheat::miracle_retest, nullptr},
    {"abort_restart", "中止重做", station, false, .10, "S06", cheat::abort_restart, nullptr},
    {"obd_simulator", "OBD 模拟器", station, false, .85, "V01 R08", cheat::obd_simulator, nullptr},
    {"codes_cleared", "检前清码", station, false, .04, "R13", cheat::codes_cleared, nullptr},
    {"constant_obd_stream", "OBD 数据流不变", station, false, .8, "R12", cheat::constant_obd_stream, nullptr},
    {"obd_excuse", "谎称 OBD 不通信", station, false, .05, "S07", cheat::obd_excuse, nullptr},
    {"unit_slip", "单位错位或漏填", station, false, .08, "R01 R03 R10", cheat::unit_slip, nullptr},
    {"odometer_rolled", "改小里程", station, false, .06, "V08", cheat::odometer_rolled, nullptr},
    {"identity_altered", "改换身份", station, false, .08, "V06", cheat::identity_altered, nullptr},
    {"shopping", "招揽外站不合格车", station, true, .45, "V05 S02", cheat::shopping, nullptr},
    {"night_burst", "夜间成批补录", station, true, .5, "R09 S05", cheat::night_burst, nullptr},
    {"borrowed_analyser", "借用分析仪编号", station, false, 1.0, "R11 V03", cheat::borrowed_analyser, nullptr},
    {"unapproved_software", "未经批准的软件", station, false, .10, "R11", cheat::unapproved_software, nullptr},
    {"careless_records", "记录管理混乱", station, true, .3, "S08", cheat::careless_records, nullptr},
    {"own_lambda", "套用他车排气", station, false, .15, "R03", cheat::own_lambda, nullptr},
    {"hard_coded", "上传软件写死合格", station, true, 1.0, "S04 S07", cheat::hard_coded, nullptr},
    {"pair_collusion", "检修串通", pair, false, .10, "S10 M01 S02", cheat::pair_collusion, cheat::paper_repair},
    {"one_owner", "同主检修串通", pair, false, .10, "S10 M01 S02", cheat::pair_collusion, cheat::paper_repair},
    {"paper_repair", "纸面维修", shop, false, 1.0, "M01", nullptr, cheat::paper_repair},
    {"borrowed_catalyst", "借用三元", shop, false, .35, "M02", nullptr, cheat::borrowed_catalyst},
    {"short_lived", "短命维修", shop, false, .9, "M03", nullptr, cheat::short_lived},
    {"unrelated", "修非所故", shop, false, .9, "M04", nullptr, cheat::unrelated},
    {"unlock_price", "一口价解锁", shop, false, 1.0, "M05 M01", nullptr, cheat::unlock_price},
    {"impossible_hours", "工时不可能", shop, false, 1.0, "M06", nullptr, cheat::impossible_hours},
    {"copy_paste", "复制维修记录", shop, false, 1.0, "M09", nullptr, cheat::copy_paste},
    {"obd_harmed", "损害 OBD", shop, false, .8, "M07", nullptr, cheat::obd_harmed},
    {"impossible_order", "次序不可能", shop, false, 1.0, "M08", nullptr, cheat::impossible_order},
    {"subsidised", "无故障骗补维修", shop, false, 1.0, "M10", nullptr, cheat::subsidised},
    {"heavy_in_small_bay", "小工位修重车", shop, true, 1.0, "M06", nullptr, cheat::heavy_in_small_bay},
    {"picture_reused", "照片重复使用", shop, false, 1.0, "M09", nullptr, cheat::picture_reused},
};

}  // namespace

std::span<const CheatKind> cheat_kinds() { return kinds; }

const CheatKind* cheat_named(std::string_view code) {
    for (const auto& kind : kinds)
        if (code == kind.code) return &kind;
    return nullptr;
}

}  // namespace imloop::sim
