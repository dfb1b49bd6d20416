// The driver for SQLite: a file, no server. Its errors are those of engine/errors.hpp.
#pragma once

#include <filesystem>

#include "engine/engine.hpp"

struct sqlite3;

namespace imloop::sqlite {

using engine::DamagedFile;
using engine::DiskFull;
using engine::Statement;
using engine::StoreError;
using engine::Transaction;

/// Beyond so many bytes a write-ahead file is begun anew by tidy(), as soon as no reader holds it.
inline constexpr std::uintmax_t write_ahead_bytes = 128 * 1024 * 1024;
inline constexpr std::uintmax_t write_ahead_step = 16 * 1024 * 1024;

/// Write-ahead: readers never wait, but even opening takes room on the disk. Rollback: for what is written seldom and
/// must open on a full disk. Read only: of a write-ahead file that is there.
enum class Journaling { write_ahead, rollback, read_only };

/// With those that stand beside it.
void remove_files(const std::filesystem::path& database);

class Database final : public engine::Connection {
public:
    /// synchronous=FULL. Makes the file where it is missing, for its owner alone.
    explicit Database(const std::filesystem::path& file, Journaling = Journaling::write_ahead);
    void execute(std::string_view sql) override;
    void define(std::string_view tables) override;  ///< the tables become STRICT
    void define_view(std::string_view name, std::string_view select) override;
    void define_rows(std::string_view table) override;
    void change_rows(std::span<const engine::RowsChange>) override;
    std::vector<engine::Row> rows_of(std::string_view table, std::span<const std::string> keys) override;
    std::vector<engine::Row> rows_between(std::string_view table, std::span<const engine::KeyRange>) override;
    bool reads_sets() const override { return false; }
    Statement prepare(std::string_view sql) override;
    void write_all(std::string_view sql, std::size_t rows,
                   const std::function<void(Statement&, std::size_t row)>& bind) override;
    bool has_table(std::string_view name) override;
    std::vector<std::string> tables_named(std::string_view beginning) override;
    bool is_untidy() override;
    void tidy() override;
    std::string condition(bool thorough) override;
    /// A consistent copy, while others write.
    void backup(const std::filesystem::path& to);
    sqlite3* handle() const { return handle_.get(); }

private:
    void write_ahead();
    void begin(engine::Access) override;
    std::filesystem::path file_;
    std::uintmax_t tidied_at_ = 0;  ///< bytes of the write-ahead file
    struct Close {
        void operator()(sqlite3*) const;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace imloop::sqlite
