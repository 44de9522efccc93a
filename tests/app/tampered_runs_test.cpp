// Stored runs that were tampered with, in every room alone and in pairs, on every page of it, and
// in every format of a report: each is shown as far as it is sound, and the program lives on.
#include "tests/app/room_runs.h"
#include "tests/app/tampering.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QComboBox>
#include <QLabel>

#include "app/command_line/report_command.h"
#include "core/base/json.h"
#include "core/store/database.h"
#include "tests/support/rounds.h"
#include "tests/support/settled_view.h"
#include "widgets/runs/compare/run_diff.h"
#include "widgets/runs/run_detail.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace vitrine
{
namespace
{

namespace fs = std::filesystem;
using tests::Tamperer;

constexpr const char* kFormats[] = {"md", "tex", "csv", "html", "pdf"};

// A crash takes the words with it: they are said before.
void say(const std::string& words)
{
    if (std::getenv("VITRINE_TEST_TRACE") != nullptr)
        std::cerr << words << std::endl;
}

class TamperedRuns : public testing::Test, protected tests::RoomRuns
{
protected:
    // A run of every room, and what else its plugin can do in a moment.
    std::vector<RunHandle> realRuns()
    {
        std::vector<tests::Question> all = tests::questions();
        all.push_back({"accelerators.sweep",
                       {{{"accelerator", "systolic"},
                         {"workload", "deit-tiny"},
                         {"ranges", "rows=8,16; dataflow=os,ws"}}}});
        all.push_back({"accelerators.map", {{{"workload", "deit-tiny"}}}});
        all.push_back({"video.encode", {{{"input", "FOLDER/a.y4m"}, {"codec", "mpeg4:q=6"}}}});
        std::vector<RunHandle> runs;
        for (const tests::Question& question : all)
            runs.push_back(stored(make(question.experiment, question.variants.front())));
        return runs;
    }

    // As the window shows them: in their room, on every page and with every choice of it.
    void show(const std::vector<RunHandle>& runs)
    {
        tests::FakeContext context;
        const std::unique_ptr<View> view(newView(runs.front()->experiment, context));
        view->setRuns(runs);
        expectModestSizes(*view); // before the window asks for memory
        settle(*view, context);
        for (QComboBox* choice : view->findChildren<QComboBox*>())
            for (int i = 0; i < std::min(choice->count(), 8) && choice->isVisible(); ++i) {
                choice->setCurrentIndex(i);
                emit choice->activated(i);
            }
        for (QAbstractButton* button : view->findChildren<QAbstractButton*>())
            if (button->isCheckable() && button->isVisible() && button->isEnabled())
                button->click();
        settle(*view, context);
        EXPECT_FALSE(view->grab().isNull());
        (void)view->title();
        (void)view->figures();
        view->setState(view->state());
        showAnywhere(runs);
    }

    // Where runs of all rooms are shown.
    static void showAnywhere(const std::vector<RunHandle>& runs)
    {
        tests::FakeContext context;
        GenericView generic(context, {}, nullptr);
        generic.resize(900, 700);
        generic.setRuns(runs);
        EXPECT_FALSE(generic.grab().isNull());
        RunDetail detail(nullptr);
        detail.resize(400, 900);
        detail.setRun(runs.back());
        EXPECT_FALSE(detail.grab().isNull());
        std::vector<const RunRecord*> records;
        for (const RunHandle& run : runs)
            records.push_back(run.get());
        RunDiff diff(nullptr);
        diff.setRuns(records);
        EXPECT_FALSE(diff.grab().isNull());
    }

    // What lies in a scroll area may be of any length: only its part in view is painted.
    static bool isScrolled(const QWidget* widget)
    {
        while (widget && !qobject_cast<const QAbstractScrollArea*>(widget))
            widget = widget->parentWidget();
        return widget != nullptr;
    }

    // A widget that asks for the width of a stored text makes the window wider than memory can
    // paint.
    static void expectModestSizes(QWidget& page)
    {
        for (const QWidget* widget : page.findChildren<QWidget*>()) {
            if (isScrolled(widget))
                continue;
            const QSize least = widget->minimumSizeHint().expandedTo(widget->minimumSize());
            EXPECT_LT(std::max(least.width(), least.height()), 5000)
                << widget->metaObject()->className() << " "
                << widget->objectName().left(60).toStdString() << " "
                << widget->accessibleName().left(60).toStdString() << " in "
                << (widget->parentWidget() ? widget->parentWidget()->metaObject()->className()
                                           : "nothing");
        }
    }

    // With the run, what names a row of a stored table.
    static std::string secondKey(const Database& database, const std::string& table)
    {
        auto keys = database.prepare("select name from pragma_table_info('" + table +
                                     "') where pk > 0 and name <> 'run' order by pk");
        return keys.step() ? keys.text(0) : "rowid";
    }

    static void settle(View& view, const tests::FakeContext& context)
    {
        QCoreApplication::processEvents();
        EXPECT_TRUE(QTest::qWaitFor([&] { return tests::isSettled(view, context); }, 60'000));
        expectModestSizes(view);
    }

    Result<void> report(const Store& from, const std::vector<std::string>& runs,
                        const std::string& format)
    {
        const FiguresOf figuresOf =
            [this](const std::string&, const std::vector<RunRecord>& records,
                   const std::string& state) -> Result<std::vector<figure::Figure>> {
            for (const RoomInfo& info : rooms.rooms())
                if (info.experiments.contains(QString::fromStdString(records.front().experiment)))
                    return (*rooms.load(info.id))
                        ->figures(
                            records,
                            QJsonDocument::fromJson(QByteArray::fromStdString(state)).object());
            return std::vector<figure::Figure>();
        };
        return writeReport(from, figuresOf, runs,
                           folder.filePath("r." + QString::fromStdString(format)).toStdString());
    }

    // The run as a store would give it back; the reason where it would not.
    static Result<RunRecord> reread(const RunRecord& run)
    {
        VITRINE_TRY(const Json json, parseJson(dumpJson(bundleJson(run)), "run.json"));
        return parseBundleJson(json);
    }

    int shown = 0, refused = 0, reports = 0;
};

TEST_F(TamperedRuns, AreShownAsFarAsTheyAreSound)
{
    const std::vector<RunHandle> real = realRuns();
    const int rounds = tests::rounds(1000);
    for (int round = tests::firstRound(); round < rounds; ++round) {
        Tamperer tamperer(static_cast<unsigned>(round));
        const RunHandle& good = real[static_cast<std::size_t>(round) % real.size()];
        RunRecord run = *good;
        run.uid = newUid();
        std::string words = good->experiment + ": " + tamperer.tamperTable(run);
        if (round % 3 == 0)
            words += ", " + tamperer.tamperOther(run);
        words = std::to_string(round) + " " + words;
        say(words);
        SCOPED_TRACE(words.substr(0, 300));

        auto read = reread(run);
        if (!read) {
            EXPECT_FALSE(read.error().message.empty());
            ++refused;
            continue;
        }
        read->result.artifacts = run.result.artifacts; // they lie where they lay
        const auto number = store.import(*read);
        ASSERT_TRUE(number.has_value()) << (number ? "" : number.error().message);
        auto loaded = store.load(*number);
        ASSERT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().message);
        const auto tampered = std::make_shared<const RunRecord>(std::move(*loaded));
        show({tampered});
        show({good, tampered});
        show({tampered, good});
        ++shown;
        const std::string own = std::to_string(*number), other = std::to_string(good->number);
        for (const char* format : kFormats) {
            const auto written = report(store, {own}, format);
            EXPECT_TRUE(written.has_value())
                << format << ": " << (written ? "" : written.error().message.substr(0, 300));
            ++reports;
        }
        const char* format = kFormats[round % 5];
        const auto both = report(store, {other, own}, format);
        EXPECT_TRUE(both.has_value())
            << format << ": " << (both ? "" : both.error().message.substr(0, 300));
        ++reports;
        (void)store.remove(*number);
    }
    std::cout << rounds << " tampered tables: " << shown << " shown alone and in pairs, " << refused
              << " refused, " << reports << " reports" << std::endl;
    EXPECT_GT(shown, (rounds - tests::firstRound()) / 2);
}

TEST_F(TamperedRuns, OfAnEditedDatabaseAreShownOrRefusedInOneLine)
{
    const std::vector<RunHandle> real = realRuns();
    const fs::path file = store.path();
    {
        const Store closed = std::move(store);
    }
    const auto untouched = folder.filePath("untouched.vitrine").toStdString();
    fs::copy_file(file, untouched);
    std::vector<std::pair<std::string, std::string>> places;
    {
        const Database database = Database::open(untouched).value();
        for (const std::string table :
             {"runs", "parameters", "metrics", "tables", "artifacts", "inputs"}) {
            auto rows = database.prepare("select 1 from " + table);
            if (!rows.step())
                continue; // none of these runs has such a row
            auto columns = database.prepare("select name from pragma_table_info('" + table + "')");
            while (columns.step())
                places.emplace_back(table, columns.text(0));
        }
    }
    ASSERT_GT(places.size(), 20u);

    int taken = 0;
    const int rounds = tests::rounds(500);
    for (int round = tests::firstRound(); round < rounds; ++round) {
        Tamperer tamperer(7000U + static_cast<unsigned>(round));
        for (const char* side : {"-wal", "-shm"})
            fs::remove(file.string() + side);
        fs::copy_file(untouched, file, fs::copy_options::overwrite_existing);
        const auto& [table, column] = places[tamperer.below(places.size())];
        const std::string text = tamperer.text();
        std::int64_t edited = 0;
        std::string bytes(tamperer.below(200), '\0');
        for (char& byte : bytes)
            byte = static_cast<char>(tamperer.below(256));
        {
            const Database database = Database::open(file).value();
            auto rowCount = database.prepare("select count(*) from " + table);
            ASSERT_TRUE(rowCount.step());
            const std::string owner = table == "runs" ? "number" : "run";
            const std::string key = secondKey(database, table);
            auto row = database.prepare("select " + owner + ", " + key + " from " + table +
                                        " order by 1, 2 limit 1 offset ?");
            row.bind(static_cast<std::int64_t>(
                tamperer.below(static_cast<std::size_t>(rowCount.integer(0)))));
            ASSERT_TRUE(row.step());
            edited = row.integer(0);
            auto update = database.prepare("update " + table + " set " + column + " = ? where " +
                                           owner + " = ? and " + key + " = ?");
            switch (tamperer.below(4)) {
            case 0:
                update.bind(tamperer.number());
                break;
            case 1:
                update.bind(std::string_view(text));
                break;
            case 2:
                update.bindBlob(bytes);
                break;
            default:
                update.bindNull();
            }
            update.bind(edited);
            update.bind(std::string_view(row.text(1)));
            taken += update.run() ? 1 : 0; // a constraint may refuse it
        }
        const std::string words = std::to_string(round) + " " + table + "." + column;
        say(words);
        SCOPED_TRACE(words);

        auto tampered = Store::open(file);
        if (!tampered) {
            EXPECT_FALSE(tampered.error().message.empty());
            ++refused;
            continue;
        }
        (void)tampered->find({});
        for (const RunHandle& good : real) {
            auto loaded = tampered->load(good->number);
            if (!loaded) {
                EXPECT_FALSE(loaded.error().message.empty());
                ++refused;
                continue;
            }
            if (good->number != edited)
                continue; // loaded, and that was all that could go wrong
            const std::string known = loaded->experiment;
            const auto run = std::make_shared<const RunRecord>(std::move(*loaded));
            if (known == good->experiment)
                show({run, good});
            else
                showAnywhere({run, good});
            ++shown;
            for (const char* format : {"md", "csv"}) {
                (void)report(*tampered, {std::to_string(good->number)}, format);
                ++reports;
            }
        }
    }
    std::cout << rounds << " edited rows, " << taken << " edits taken: " << shown << " runs shown, "
              << refused << " refused, " << reports << " reports" << std::endl;
}

// A 1 KB workspace may claim anything: those that once ended the window.
TEST_F(TamperedRuns, OfKnownAttacksAreShownAndReported)
{
    const char* data = std::getenv("VITRINE_TEST_DATA");
    const fs::path cases = fs::path(data ? data : "") / "cases/reliability/window";
    if (data == nullptr || !fs::is_directory(cases))
        GTEST_SKIP() << "VITRINE_TEST_DATA names no folder with cases/reliability/window";
    for (const auto& entry : fs::directory_iterator(cases)) {
        if (entry.path().extension() != ".vitrine")
            continue;
        const fs::path copy = fs::path(folder.path().toStdString()) / entry.path().filename();
        fs::copy_file(entry.path(), copy);
        say(copy.filename());
        auto tampered = Store::open(copy);
        if (!tampered) {
            EXPECT_FALSE(tampered.error().message.empty());
            continue;
        }
        std::vector<RunHandle> runs;
        for (std::int64_t number = 1; number <= 40; ++number) {
            auto loaded = tampered->load(number);
            if (!loaded)
                continue;
            runs.push_back(std::make_shared<const RunRecord>(std::move(*loaded)));
        }
        for (const RunHandle& run : runs) {
            SCOPED_TRACE(copy.filename().string() + " run " + std::to_string(run->number));
            say("run " + std::to_string(run->number) + " " + run->experiment);
            show({run});
            for (const RunHandle& other : runs)
                if (other != run && other->plugin == run->plugin)
                    show({run, other});
            for (const char* format : kFormats) {
                const auto written = report(*tampered, {std::to_string(run->number)}, format);
                EXPECT_TRUE(written.has_value())
                    << format << ": " << (written ? "" : written.error().message.substr(0, 300));
            }
        }
        std::cout << copy.filename() << ": " << runs.size() << " runs shown" << std::endl;
    }
}

// Told before it began: its parameters are the texts that were given.
TEST_F(TamperedRuns, ThatFailedBeforeTheyBeganAreShownAndReported)
{
    for (const tests::Question& question : tests::questions()) {
        RunRecord run;
        run.uid = newUid();
        run.experiment = question.experiment;
        run.plugin = "attention";
        run.started = "2026-05-01T12:00:00.000Z";
        run.state = RunState::failed;
        run.error = "the run needs more memory than its limit of 1 MiB";
        for (const auto& made : pluginOf(question.experiment).createExperiments())
            if (made->info().id == question.experiment)
                for (const ParamSpec& spec : allParams(*made, {}))
                    run.params.set(spec.name, spec.fallback ? paramText(*spec.fallback)
                                                            : std::string("given"));
        run.params.set("seed", std::string("7"));
        SCOPED_TRACE(question.experiment);
        const RunHandle failed = stored(run);
        show({failed});
        for (const char* format : kFormats) {
            const auto written = report(store, {std::to_string(failed->number)}, format);
            EXPECT_TRUE(written.has_value()) << format;
        }
    }
}

} // namespace
} // namespace vitrine
