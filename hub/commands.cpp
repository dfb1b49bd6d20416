// What the command line asks of a serving hub: one table of names and what they do.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "hub/hub_impl.hpp"
#include "loop/json.hpp"

namespace imloop::hub {

using nlohmann::json;

Answer Hub::Impl::command(std::string_view name, const json& asked) {
    struct Command {
        std::string_view name;
        Answer (*run)(Impl&, const json&);
    };
    static constexpr Command all[] = {
        {"station_add", [](Impl& hub, const json& in) { return hub.station_add(in); }},
        {"station_invite", [](Impl& hub, const json& in) { return hub.station_invite(in); }},
        {"station_list", [](Impl& hub, const json&) { return hub.station_list(); }},
        {"station_status", [](Impl& hub, const json& in) { return hub.station_status(in); }},
        {"station_describe", [](Impl& hub, const json& in) { return hub.station_describe(in); }},
        {"import", [](Impl& hub, const json& in) { return hub.import_path(in); }},
        {"import_progress", [](Impl& hub, const json&) { return hub.import_progress(); }},
        {"export", [](Impl& hub, const json& in) { return hub.export_to(in); }},
        {"report", [](Impl& hub, const json& in) { return hub.report(in); }},
        {"suspects", [](Impl& hub, const json& in) { return hub.suspects(in); }},
        {"suspect", [](Impl& hub, const json& in) { return hub.suspect(in); }},
        {"suspect_evidence", [](Impl& hub, const json& in) { return hub.suspect_evidence(in); }},
        {"suspect_rule", [](Impl& hub, const json& in) { return hub.suspect_rule(in); }},
        {"suspect_decide", [](Impl& hub, const json& in) { return hub.suspect_decide(in); }},
        {"suspect_dry_run", [](Impl& hub, const json& in) { return hub.suspect_dry_run(in); }},
        {"holds", [](Impl& hub, const json& in) { return hub.holds(in); }},
        {"hold_decide", [](Impl& hub, const json& in) { return hub.hold_decide(in); }},
        {"draw", [](Impl& hub, const json& in) { return hub.make_draw(in); }},
        {"draw_yield", [](Impl& hub, const json& in) { return hub.draw_yield(in); }},
        {"verify", [](Impl& hub, const json&) { return hub.verify(); }},
        {"rebuild", [](Impl& hub, const json&) { return hub.rebuild(); }},
        {"backup", [](Impl& hub, const json& in) { return hub.backup_to(in); }},
    };
    const auto* found = std::ranges::find(all, name, &Command::name);
    if (found == std::end(all)) return problem(404, "unknown_command", "没有这个命令 / no such command");
    return found->run(*this, asked);
}

void Hub::admin(std::string_view command, std::string body, Done done) {
    const auto run = [this, command = std::string(command), body = std::move(body)] {
        if (impl_->writer->lost()) return store_lost();
        try {
            const auto read = loop::parse_bounded(body.empty() ? "{}" : body);
            const auto why = loop::json_problem(read.code, read.pointer);
            if (!read.code.empty()) return problem(400, "malformed_request", why.zh + " / " + why.en);
            return impl_->command(command, read.json);
        } catch (const json::exception& e) {
            return problem(400, "malformed_request", e.what());
        } catch (const engine::ConnectionLost&) {
            return store_lost();
        } catch (const Damaged& e) {
            return problem(500, "damaged", e.what());
        } catch (const std::exception& e) {  // operators are told what it was
            return problem(500, "failed", e.what());
        }
    };
    boost::asio::post(impl_->operators, [run, done = std::move(done)] { answering(done, [&] { done(run()); }); });
}

}  // namespace imloop::hub
