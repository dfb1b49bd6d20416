#include "station/page/situation.hpp"

#include <fmt/format.h>

#include "station/clocks.hpp"

namespace imloop::station::page {

std::string clock_text(loop::Moment at) { return loop::format_moment(at).substr(11, 8); }
std::string short_time(loop::Moment at) {
    const auto text = loop::format_moment(at);
    return text.substr(5, 5) + " " + text.substr(11, 5);
}

State state_of(const Situation& s, const Language& w) {
    using enum UploadState::Kind;
    if (s.upload.kind == stopped)
        return {std::string(w("已停用", "Stopped")), "bad", Tone::bad, s.upload.why,
                std::string(w("记录仍存在本机。处理好原因后按“重新上传”。",
                              "Records are still kept on this PC. Mend the cause, then press Send again."))};
    if (s.disk_free < disk_low_bytes)
        return {
            std::string(w("磁盘将满", "Disk nearly full")), "bad", Tone::bad,
            fmt::format(fmt::runtime(w("磁盘只剩 {} MB，还能存约 {} 条。", "{} MB left, room for about {} records.")),
                        s.disk_free / 1024 / 1024, s.disk_free / record_disk_bytes),
            std::string(w("请清理磁盘，不要删除数据文件夹。", "Free some space; don't delete the data folder."))};
    if (s.clock_ahead_ms && (*s.clock_ahead_ms > clock_off_ms || *s.clock_ahead_ms < -clock_off_ms)) {
        const auto apart = apart_of(*s.clock_ahead_ms);
        return {std::string(w("时钟不准", "Clock is off")), "attention", Tone::warn,
                fmt::format(fmt::runtime(*s.clock_ahead_ms > 0
                                             ? w("这台电脑的时钟快了 {} {}。", "This PC's clock is {} {} fast.")
                                             : w("这台电脑的时钟慢了 {} {}。", "This PC's clock is {} {} slow.")),
                            apart.count, w(apart.zh, apart.en)),
                std::string(
                    w("请校准时间；记录的时间以电脑时钟为准。", "Set the time; records carry the time of this PC."))};
    }
    if (s.upload.kind == waiting) {
        const auto next = s.upload.next_attempt.value_or(s.now);
        return {std::string(w("离线", "Offline")), "offline", Tone::none,
                std::string(w("网络不通，记录都存在本机，联网后自动补传。",
                              "No network. Records are kept on this PC and will be sent when it returns.")),
                fmt::format(fmt::runtime(w("下次自动重试 {}，{} 秒后。", "Next attempt {}, in {} s.")),
                            clock_text(next), std::max<loop::Moment>(0, next - s.now) / 1000)};
    }
    if (s.waiting > 0)
        return {std::string(w("补传中", "Sending")), "sending", Tone::accent,
                fmt::format(fmt::runtime(w("记录都存在本机，正在上传，还剩 {} 条。",
                                           "All records are kept on this PC; {} still to be sent.")),
                            s.waiting),
                std::string(w("检测可以照常进行，不必等待。", "Work can go on; there is no need to wait."))};
    if (s.all_attention() > 0) {
        std::string reason;
        const auto add = [&](std::uint64_t n, std::string_view form) {
            if (n == 0) return;
            reason += std::string(reason.empty() ? "" : w("", " ")) + fmt::format(fmt::runtime(form), n);
        };
        add(s.attention, w("有 {} 条记录被退回，原记录已保留。", "{} records were returned; they are kept."));
        add(s.files_rejected, w("有 {} 个文件没有收下。", "{} files were not taken."));
        add(s.folders_in_trouble, w("有 {} 个接入文件夹要看一看。", "{} watched folders need a look."));
        return {std::string(w("需处理", "Needs attention")), "attention", Tone::warn, reason,
                std::string(w("不影响其他记录上传。点开看怎么办。",
                              "Other records are sent all the same. Open one to see what to do."))};
    }
    return {std::string(w("正常", "Normal")), "good", Tone::good,
            s.upload.last_answer ? fmt::format(fmt::runtime(w("全部记录已由监管中心接收，{} 更新。",
                                                              "The hub has received all records, as of {}.")),
                                               clock_text(*s.upload.last_answer))
                                 : std::string(w("没有等待上传的记录。", "No record is waiting.")),
            ""};
}

}  // namespace imloop::station::page
