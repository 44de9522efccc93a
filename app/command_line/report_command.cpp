#include "app/command_line/report_command.h"

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QHashSeed>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/command_line/command_line_verbs.h"
#include "app/command_line/output.h"
#include "app/plugins/plugin_registry.h"
#include "core/base/json.h"
#include "core/base/log.h"

#include <fmt/format.h>

#include <clocale>
#include <map>
#include <memory>

namespace vitrine
{
namespace
{

struct Request {
    std::vector<std::string> runs;
    std::string file, workspace;
    bool json = false, progress = false;
};

// The error stream is for our own lines: what Qt remarks on (a missing XDG_RUNTIME_DIR) is a matter
// of VITRINE_LOG.
void logQtMessage(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    if (type == QtFatalMsg) // Qt ends the program after it
        printErrors("vitrine: {}\n", message.toStdString());
    else
        spdlog::debug("Qt: {}", message.toStdString());
}

// A drawing must not depend on the display there is: always offscreen, at one pixel ratio.
std::unique_ptr<QApplication> offscreenApplication()
{
    if (QCoreApplication::instance())
        return nullptr;
    qInstallMessageHandler(logQtMessage);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    for (const char* scaling : {"QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI"})
        qunsetenv(scaling);
    // Qt orders a PDF's fonts by hash.
    QHashSeed::setDeterministicGlobalSeed();
    static int count = 1;
    static char name[] = "vitrine";
    static char* arguments[] = {name, nullptr};
    auto application = std::make_unique<QApplication>(count, arguments);
    std::setlocale(LC_NUMERIC, "C");
    return application;
}

Result<std::vector<figure::Figure>> pluginFigures(PluginRegistry& registry,
                                                  const std::string& plugin,
                                                  const std::vector<RunRecord>& runs,
                                                  const std::string& state)
{
    const auto loaded = registry.load(plugin);
    if (!loaded) {
        command::printErrors("vitrine: no figures of {}: {}\n", plugin, loaded.error().message);
        return tl::unexpected(loaded.error());
    }
    return (*loaded)->figures(runs,
                              QJsonDocument::fromJson(QByteArray::fromStdString(state)).object());
}

void printProgress(int done, int of, const std::string& what)
{
    command::printErrors("progress {} {} {}\n", done, of, what);
}

Result<void> makeReport(const Request& request)
{
    const auto application = offscreenApplication();
    PluginRegistry registry;
    VITRINE_TRY(const Store store, command::openStore(request.workspace));
    std::map<std::string, Result<std::vector<figure::Figure>>> drawn;
    const FiguresOf figuresOf = [&](const std::string& plugin, const std::vector<RunRecord>& runs,
                                    const std::string& state) {
        std::string key = plugin + '\n' + state;
        for (const RunRecord& run : runs)
            key += '\n' + run.uid;
        const auto found = drawn.find(key);
        return found != drawn.end()
                   ? found->second
                   : drawn.emplace(key, pluginFigures(registry, plugin, runs, state)).first->second;
    };
    const report::TitleOf titleOf = [&](const std::string& experiment) {
        const FoundExperiment found = registry.find(experiment);
        return found.experiment != nullptr ? found.experiment->info().title : std::string();
    };
    return writeReport(store, figuresOf, request.runs, request.file,
                       request.progress ? ReportProgress(printProgress) : ReportProgress(),
                       titleOf);
}

} // namespace

int reportCommand(const std::vector<std::string>& arguments)
{
    Request request;
    CLI::App parser{"Runs to a document", "vitrine report"};
    parser
        .add_option("runs", request.runs,
                    "runs, by number or by the beginning of the uid, or a file .vitrine-report")
        ->required();
    parser.add_option("--to", request.file, "FILE.pdf, .html, .md, .tex or .csv")->required();
    parser.add_option("--workspace", request.workspace, "the file that keeps the runs");
    parser.add_flag("--json", request.json, "one JSON object");
    parser.add_flag("--progress", request.progress,
                    "lines \"progress DONE OF what\" on the error stream");
    try {
        parser.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        command::writeOutput(parser.help());
        return 0;
    } catch (const CLI::ParseError& error) {
        return command::complain({ErrorKind::argument, std::string("report: ") + error.what()});
    }
    if (const auto made = makeReport(request); !made)
        return command::complain(made.error());
    if (request.json)
        command::printOutput("{}\n", dumpJson({{"format", 1}, {"file", request.file}}));
    else
        command::printOutput("{}\n", request.file);
    return 0;
}

} // namespace vitrine
