// A PostgreSQL server of the test program's own (postgres.py), started at its first use, stopped when the program ends.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "postgres/postgres.hpp"
#include "tests/support/files.hpp"

namespace imloop::test {

class PostgresServer {
public:
    static PostgresServer& one() {
        static PostgresServer server;
        return server;
    }
    bool is_there() const { return missing_.empty(); }
    const std::string& missing() const { return missing_; }
    std::string url(const std::string& database, const std::string& user = "imloop") const {
        return "postgresql:///" + database + "?host=" + folder_ + "&user=" + user;
    }
    /// The address of a new, empty database.
    std::string fresh() const {
        static int number = 0;
        const auto name = "store" + std::to_string(++number);
        postgres::Database(url("postgres"), postgres::Role::reader)
            .execute("CREATE DATABASE " + name + " TEMPLATE template0");
        return url(name);
    }

private:
    PostgresServer() {
        int in[2], out[2];
        if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        const auto script = (source_dir() / "tests/support/postgres.py").string();
        pid_ = fork();
        if (pid_ == 0) {
            dup2(in[0], 0);
            dup2(out[1], 1);
            execlp("python3", "python3", "-B", script.c_str(), nullptr);
            _exit(127);
        }
        close(in[0]);
        close(out[1]);
        hold_ = in[1];
        for (char c = 0; read(out[0], &c, 1) == 1 && c != '\n';) folder_ += c;
        close(out[0]);
        if (folder_.empty() || folder_.starts_with("missing"))
            missing_ = folder_.empty() ? "the server did not start" : folder_;
    }
    ~PostgresServer() {
        close(hold_);
        waitpid(pid_, nullptr, 0);
    }
    pid_t pid_ = -1;
    int hold_ = -1;  ///< its input
    std::string folder_, missing_;
};

}  // namespace imloop::test
