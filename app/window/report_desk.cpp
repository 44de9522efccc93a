#include "app/window/report_desk.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QJsonDocument>
#include <QProcess>
#include <QStackedWidget>
#include <QTemporaryFile>
#include <QUrl>

#include "app/command_line/report_command.h"
#include "app/report/figure_cache.h"
#include "app/window/room_page.h"
#include "app/window/room_shelf.h"
#include "core/base/file.h"
#include "widgets/report/reports_page.h"
#include "widgets/runner/runner.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <map>

namespace vitrine
{
namespace
{

constexpr std::uint64_t kLargestReport = 16U << 20U;

std::vector<std::string> toUtf8(const QStringList& texts)
{
    std::vector<std::string> list;
    for (const QString& text : texts)
        list.push_back(text.toStdString());
    return list;
}

// Runs that the manuscript names.
std::vector<std::string> runsOf(const report::Manuscript& manuscript)
{
    std::vector<std::string> runs;
    for (const report::ManuscriptSection& section : manuscript.sections)
        for (const report::Item& item : section.items)
            std::visit(
                [&](const auto& each) {
                    if constexpr (requires { each.runs; })
                        for (const std::string& run : each.runs)
                            if (std::ranges::find(runs, run) == runs.end())
                                runs.push_back(run);
                },
                item);
    return runs;
}

// What people call this plugin's experiments.
void addTitles(std::map<std::string, std::string>& titles, const Plugin& plugin)
{
    for (const auto& experiment : plugin.createExperiments()) {
        const ExperimentInfo info = experiment->info();
        titles[info.id] = info.title;
    }
}

// All figures and tables of the report's runs, for its menus.
std::vector<std::pair<report::Item, std::string>>
offersOf(const Store& store, const FiguresOf& figuresOf, const report::Manuscript& manuscript)
{
    std::vector<std::string> there;
    for (const std::string& run : runsOf(manuscript))
        if (store.resolve(run))
            there.push_back(run);
    const auto all = manuscriptOfRuns(store, figuresOf, there);
    std::vector<std::pair<report::Item, std::string>> offers;
    if (!all)
        return offers;
    for (const report::ManuscriptSection& section : all->sections)
        for (const report::Item& item : section.items) {
            std::string name;
            if (const auto* figure = std::get_if<report::FigureItem>(&item))
                name = figure->figure;
            else if (const auto* table = std::get_if<report::TableItem>(&item)) {
                name = !table->title.empty()   ? table->title
                       : !table->table.empty() ? table->table
                                               : std::string(report::sourceName(table->source));
                if (table->source == report::TableItem::Source::table && there.size() > 1)
                    if (const auto number = store.resolve(table->runs.front()))
                        name += ", run " + std::to_string(*number);
            }
            offers.emplace_back(item, name);
        }
    return offers;
}

} // namespace

ReportDesk::ReportDesk(const House& house, QStackedWidget* pages, QObject* parent)
    : QObject(parent), house_(house), pages_(pages)
{
}

ReportDesk::~ReportDesk() = default;

ReportsPage* ReportDesk::page()
{
    if (page_ != nullptr)
        return page_;
    figures_ = std::make_shared<FigureCache>(
        [this](const std::string& plugin, const std::vector<RunRecord>& runs,
               const std::string& state) -> Result<std::vector<figure::Figure>> {
            VITRINE_TRY(const Plugin* loaded, house_.rooms.load(fromUtf8(plugin)));
            return loaded->figures(
                runs, QJsonDocument::fromJson(QByteArray::fromStdString(state)).object());
        });
    page_ = new ReportsPage([this](const report::Manuscript& manuscript,
                                   auto done) { compose(manuscript, std::move(done)); },
                            pages_);
    pages_->addWidget(page_);
    connect(page_, &ReportsPage::changed, this,
            [this](const QJsonObject& after, const QString& label, const QString& key) {
                emit changed({"reports", label, key, RoomState{.view = page_->state()},
                              RoomState{.view = after}});
            });
    connect(page_, &ReportsPage::exportRequested, this, &ReportDesk::exportAs);
    connect(page_, &ReportsPage::openRequested, this, &ReportDesk::open);
    connect(page_, &ReportsPage::saveRequested, this, &ReportDesk::save);
    connect(page_, &ReportsPage::runsRequested, this, &ReportDesk::runsRequested);
    connect(page_, &ReportsPage::message, this, &ReportDesk::message);
    if (!kept_.isEmpty())
        page_->setState(kept_);
    return page_;
}

QJsonObject ReportDesk::state() const
{
    return page_ != nullptr ? page_->state() : kept_;
}

void ReportDesk::restore(const QJsonObject& state)
{
    kept_ = state;
    if (page_ != nullptr)
        page_->setState(state);
}

// On a thread with a store of its own. Plugins' code is loaded here: loading is not for threads.
void ReportDesk::compose(const report::Manuscript& manuscript,
                         std::function<void(const ComposedReport&)> done)
{
    for (const std::string& name : runsOf(manuscript))
        if (const auto run = house_.runner.load(fromUtf8(name)))
            if (const auto loaded = house_.rooms.load(fromUtf8((*run)->plugin)); !loaded)
                emit message(fromUtf8(loaded.error().message));
    auto composed = std::make_shared<ComposedReport>();
    house_.context.compute(
        page_, "compose",
        [manuscript, composed, cache = figures_, path = house_.store] {
            const auto store = Store::open(path);
            if (!store) {
                composed->document.problems.push_back(store.error().message);
                return;
            }
            const FiguresOf figuresOf =
                [&](const std::string& plugin, const std::vector<RunRecord>& runs,
                    const std::string& state) { return cache->figures(plugin, runs, state); };
            composed->document = report::compose(manuscript, reportSources(*store, figuresOf));
            composed->offers = offersOf(*store, figuresOf, manuscript);
        },
        [composed, done = std::move(done)] { done(*composed); });
}

void ReportDesk::make(const QStringList& uids)
{
    auto made = std::make_shared<Result<report::Manuscript>>();
    auto titles = std::make_shared<std::map<std::string, std::string>>(); // by experiment
    std::map<std::string, QJsonObject> views;                             // by experiment
    for (const QString& uid : uids)
        if (const auto run = house_.runner.load(uid)) { // else said where a figure is missing
            views[(*run)->experiment] = house_.rooms.viewStateOf(fromUtf8((*run)->experiment));
            if (const auto plugin = house_.rooms.load(fromUtf8((*run)->plugin)))
                addTitles(*titles, **plugin);
        }
    const StateOf stateOf = [views](const std::vector<RunRecord>& runs) -> std::string {
        for (const RunRecord& run : runs)
            if (const auto view = views.find(run.experiment);
                view != views.end() && !view->second.isEmpty())
                return QJsonDocument(view->second).toJson(QJsonDocument::Compact).toStdString();
        return {};
    };
    house_.context.compute(
        page_, "new",
        [made, titles, uids, stateOf, cache = figures_, path = house_.store] {
            const auto store = Store::open(path);
            if (!store) {
                *made = tl::unexpected(store.error());
                return;
            }
            const FiguresOf figuresOf =
                [&](const std::string& plugin, const std::vector<RunRecord>& runs,
                    const std::string& state) { return cache->figures(plugin, runs, state); };
            *made = manuscriptOfRuns(
                *store, figuresOf, toUtf8(uids),
                [&](const std::string& experiment) { return (*titles)[experiment]; }, stateOf);
        },
        [this, made] {
            if (*made)
                page_->addReport(**made);
            else
                emit message(fromUtf8(made->error().message));
        });
}

void ReportDesk::add(const figure::Figure& figure, const RoomPage* shown)
{
    report::FigureItem item{
        .runs = figure.recipe.runs, .figure = figure.name, .state = figure.recipe.state};
    if (item.runs.empty() && shown != nullptr) {
        for (const RunHandle& run : shown->runs())
            item.runs.push_back(run->uid);
        if (shown->view() != nullptr)
            item.state =
                QJsonDocument(shown->view()->state()).toJson(QJsonDocument::Compact).toStdString();
    }
    std::erase(item.runs, std::string());
    if (item.runs.empty())
        return emit message("This figure is not of a kept run yet: press Run, then add it");
    page()->addFigure(item);
    emit message("Added " + fromUtf8(figure.name) + " to the report " +
                 fromUtf8(page()->current() ? page()->current()->title : ""));
}

// A file is made by the same program that the command line is, so both write the same bytes.
void ReportDesk::exportAs(const QString& ending)
{
    if (page_->current() == nullptr)
        return;
    const QString path = QFileDialog::getSaveFileName(
        page_, "Export the report", "report." + ending, QString("*.%1 (*.%1)").arg(ending));
    if (path.isEmpty())
        return;
    const QString file = path.endsWith("." + ending) ? path : path + "." + ending;
    auto* maker = new QProcess(this);
    auto* document = new QTemporaryFile(QDir::tempPath() + "/vitrine-XXXXXX.vitrine-report", maker);
    const std::string text = report::manuscriptText(*page_->current());
    if (!document->open() || document->write(QByteArray::fromStdString(text)) < 0 ||
        !document->flush())
        return emit message("cannot write " + document->fileName());
    maker->setProcessChannelMode(QProcess::SeparateChannels);
    auto said = std::make_shared<QString>();
    connect(maker, &QProcess::readyReadStandardError, this, [this, maker, said] {
        for (const QByteArray& line : maker->readAllStandardError().split('\n')) {
            const QList<QByteArray> parts = line.split(' ');
            if (parts.size() >= 4 && parts[0] == "progress")
                page_->setExport(QString::fromUtf8(parts.mid(3).join(' ')),
                                 parts[1].toDouble() / std::max(1.0, parts[2].toDouble()));
            else if (line.startsWith("vitrine: "))
                *said = QString::fromUtf8(line);
        }
    });
    connect(maker, &QProcess::finished, this, [this, maker, file, said](int code) {
        maker->deleteLater();
        page_->setExport(code == 0 ? "Wrote " + file : "Not written", -1);
        emit message(code == 0 ? "Wrote " + file : "cannot write the report: " + *said);
        if (code == 0)
            QDesktopServices::openUrl(QUrl::fromLocalFile(file));
    });
    page_->setExport("Drawing figures", 0);
    maker->start(fromUtf8(house_.program.string()),
                 {"report", document->fileName(), "--to", file, "--progress", "--workspace",
                  fromUtf8(house_.store.string())});
}

void ReportDesk::open()
{
    const QString path =
        QFileDialog::getOpenFileName(page_, "Open a report", {}, "Reports (*.vitrine-report)");
    if (path.isEmpty())
        return;
    const auto text = readFile(path.toStdString(), kLargestReport);
    const auto manuscript = text ? report::parseManuscript(*text, path.toStdString())
                                 : Result<report::Manuscript>(tl::unexpected(text.error()));
    if (manuscript)
        page_->addReport(*manuscript);
    else
        emit message(fromUtf8(manuscript.error().message));
}

void ReportDesk::save()
{
    if (page_->current() == nullptr)
        return;
    const QString path = QFileDialog::getSaveFileName(
        page_, "Save the report", "report.vitrine-report", "Reports (*.vitrine-report)");
    if (path.isEmpty())
        return;
    const auto written =
        writeFileAtomically(path.toStdString(), report::manuscriptText(*page_->current()));
    emit message(written ? "Saved " + path : fromUtf8(written.error().message));
}

} // namespace vitrine
