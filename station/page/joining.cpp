// The pages of a program that has no outbox yet: joining, and a disk without room.
#include <fmt/format.h>

#include "station/page/site.hpp"

namespace imloop::station::page {

namespace {

Answer join_page(const Request& r, const std::string& token, int done) {
    const auto& w = r.words;
    const std::string_view steps[] = {w("核对监管中心", "Check the hub"), w("生成钥匙", "Make the key"),
                                      w("领取证书", "Receive the certificate"), w("开始记录", "Begin the journal")};
    Html list;
    for (int i = 0; i < 4; ++i)
        list += html("<li>{}{}</li>",
                     i < done ? status_word({std::string(w("完成", "Done")), "good", Tone::good, "", ""}) : Html{},
                     html(" {}", steps[i]));
    const Html body = html(
        R"(<div class="pad"><h1>{}</h1><p>{}</p>{}<form method="post" action="/join"><input type="hidden" name="token" value="{}">
<label for="code">{}</label><input id="code" name="code" size="64" autofocus autocomplete="off" value="{}"> <button class="main">{}</button></form><ol>{}</ol></div>)",
        w("加入监管中心", "Join the hub"),
        w("请把监管部门给的加入码粘贴在这里。", "Paste the join code the bureau gave you."),
        r.told ? told_note(*r.told) : Html{}, token, w("加入码", "Join code"), r.value("code"), w("加入", "Join"),
        list);
    return page({std::string(w("尚未加入", "Not joined yet")), "", {}, {}, token}, r, "/join", w("加入", "Join"), body);
}

}  // namespace

Routes join_routes(const std::string& token, std::function<JoinResult(const std::string&)> join,
                   std::function<void()> seen) {
    Routes out;
    out.none = [token, seen](const Request& r) {
        const int done = r.told ? r.told->more.value("steps", 0) : 0;
        auto answer = join_page(r, token, done);
        if (r.told && r.told->tone == Tone::good) {
            answer.headers.emplace_back("Refresh", "2; url=/status");
            seen();
        }
        return answer;
    };
    out.acts["/join"] = [join](const Request& r) {
        const auto result = join(r.value("code"));
        const bool joined = result.problem.empty();
        return Next{
            "/",
            Told{joined ? Tone::good : Tone::bad,
                 joined ? std::string(r.words("已加入，马上打开状态页。", "Joined; the status page opens in a moment."))
                        : result.problem,
                 {},
                 {{"steps", result.steps}}}};
    };
    return out;
}

Answer no_room_page(const Request& r, const Config& config) {
    const auto& w = r.words;
    const State state{std::string(w("磁盘已满", "Disk full")), "bad", Tone::bad, "", ""};
    const Html body =
        html(R"(<div class="pad"><h1>{}</h1><div class="note bad" role="alert"><p>{}</p><p>{}</p></div></div>)",
             status_word(state),
             fmt::format(fmt::runtime(w("数据文件夹 {} 建不起来，现在还不能保存记录。",
                                        "The data folder {} can't be set up; no record can be saved yet.")),
                         config.data.string()),
             w("请腾出磁盘空间，本程序会自己接着启动。", "Make room on the disk: the program goes on by itself."));
    auto answer = page({config.name, config.station_id, {}, {}, ""}, r, "", state.word, body);
    answer.status = 503;
    answer.headers.emplace_back("Refresh", "5; url=/");
    return answer;
}

}  // namespace imloop::station::page
