#include "plugins/attention/view/view.h"

#include "core/base/json.h"
#include "core/jobs/experiment/read_run.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/attention/view/head_table.h"
#include "plugins/attention/view/map_panel.h"
#include "plugins/attention/view/overview_panel.h"
#include "plugins/attention/view/profile_panel.h"
#include "plugins/attention/view/token_panel.h"
#include "plugins/attention/view/view_drawing.h"
#include "widgets/page/banner.h"
#include "widgets/page/prompt_line.h"
#include "widgets/page/splitters.h"
#include "widgets/page/state_pages.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"
#include "widgets/theme/text.h"

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

struct Opened {
    std::vector<Result<ShownRun>> runs;
    std::vector<std::vector<HeadRow>> rows; // of those that opened
    attention::SinkOptions options;
};

std::vector<std::vector<HeadRow>> rowsOf(const std::vector<ShownRun>& runs,
                                         const attention::SinkOptions& options)
{
    std::vector<std::vector<HeadRow>> rows;
    for (std::size_t i = 0; i < runs.size(); ++i)
        rows.push_back(headRows(runs[i], options, i == 0 ? nullptr : &runs.front()));
    return rows;
}

// On a worker thread: files are read here.
Opened openAll(const std::vector<RunHandle>& runs, const QJsonObject& state)
{
    Opened opened;
    std::vector<ShownRun> good;
    for (const RunHandle& run : runs) {
        opened.runs.push_back(openRun(run));
        if (opened.runs.back())
            good.push_back(*opened.runs.back());
    }
    if (good.empty())
        return opened;
    opened.options = readState(coreJson(state), *good.front().run).sinks;
    opened.rows = rowsOf(good, opened.options);
    return opened;
}

} // namespace

AttentionView::AttentionView(ViewContext& context, QWidget* parent)
    : View(parent), context_(context)
{
    setObjectName("page");
    setAccessibleName(tr("Attention"));
    makeLayout();
    makeActions();
    connectParts();
    showPage();
}

AttentionView::~AttentionView() = default;

void AttentionView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    failure_.clear();
    loading_.clear();
    std::vector<RunHandle> usable;
    for (const RunHandle& run : runs)
        if (run->state == RunState::done)
            usable.push_back(run);
        else
            failure_ =
                QString::fromStdString(run->error.empty() ? "the run did not finish" : run->error);
    if (usable.empty()) {
        if (!runs.empty())
            prompt_->setText(QString::fromStdString(parameterText(runs.front()->params, "prompt")));
        scene_.reset();
        opening_ = false;
        context_.compute(
            this, QStringLiteral("open"), [] {}, [] {}); // what is still being opened is not wanted
        showPage();
        emit titleChanged();
        return;
    }
    opening_ = true;
    showPage();
    const auto opened = std::make_shared<Opened>();
    context_.compute(
        this, QStringLiteral("open"),
        [opened, usable, state = state_] { *opened = openAll(usable, state); },
        [this, opened] {
            rows_ = std::move(opened->rows);
            rowsOptions_ = opened->options;
            takeRuns(std::move(opened->runs));
        });
}

void AttentionView::takeRuns(std::vector<Result<ShownRun>> opened)
{
    opening_ = false;
    auto scene = std::make_unique<Scene>();
    for (auto& run : opened) {
        if (run)
            scene->runs.push_back(std::move(*run));
        else
            failure_ = QString::fromStdString(run.error().message);
    }
    scene->runsVersion = scene->rowsVersion = ++version_;
    scene_ = scene->runs.empty() ? nullptr : std::move(scene);
    if (scene_) {
        bound_.setSubject(subjectOfTokens(*scene_->first().tokens));
        prompt_->setText(
            QString::fromStdString(parameterText(scene_->first().run->params, "prompt")));
    }
    arrange();
    refresh();
    showPage();
    emit titleChanged();
}

void AttentionView::setState(const QJsonObject& state)
{
    state_ = state;
    applySplitters({page_, top_, numbers_}, state_["splitters"].toObject());
    refresh();
}

void AttentionView::refresh()
{
    if (!scene_)
        return;
    const State before = scene_->state;
    const LayerHead headBefore = scene_->head;
    scene_->state = readShown();
    scene_->rows = rows_;
    std::vector<std::string> uids;
    for (const ShownRun& run : scene_->runs)
        uids.push_back(run.run->uid);
    scene_->places = figure::runPlaces(uids, scene_->state.places);
    chooseHead();
    State panned = before;
    panned.look.window = scene_->state.look.window;
    if (!(before.look.window == scene_->state.look.window) && panned == scene_->state &&
        headBefore == scene_->head) {
        map_->setWindow(scene_->state.look.window);
        return;
    }
    findSinksOfHead();
    overview_->setScene(*scene_);
    map_->setScene(*scene_);
    tokens_->setScene(*scene_);
    profile_->setScene(*scene_);
    profile_->setFigure(sinkProfileOf(*scene_, shown()));
    profile_->plot()->setRangeState(shown()["profile_range"].toObject());
    table_->setScene(*scene_);
    if (rowsOptions_ != scene_->state.sinks)
        computeRows();
    if (!(headBefore == scene_->head))
        emit titleChanged();
}

State AttentionView::readShown() const
{
    return readState(coreJson(shown()), *scene_->first().run);
}

void AttentionView::chooseHead()
{
    const auto has = [this](LayerHead head) {
        return std::ranges::any_of(
            scene_->runs, [&](const ShownRun& run) { return run.layerIndex(head).has_value(); });
    };
    if (scene_->state.selection.head && has(*scene_->state.selection.head)) {
        scene_->head = *scene_->state.selection.head;
        return;
    }
    const auto& rows = scene_->scoredRows();
    const auto best =
        std::ranges::max_element(rows, {}, [shown = scene_->score()](const HeadRow& row) {
            const double score = scoreOf(row, shown);
            return std::isnan(score) ? -1.0 : score;
        });
    scene_->head = best == rows.end() ? LayerHead{} : best->id;
}

void AttentionView::findSinksOfHead()
{
    scene_->sinks.clear();
    for (const ShownRun& run : scene_->runs) {
        const auto layer = run.layerIndex(scene_->head);
        scene_->sinks.push_back(
            layer ? attention::findSinks(run.capture->columnScore(*layer, scene_->head.head),
                                         run.capture->columnRows(), scene_->state.sinks)
                  : std::vector<attention::Sink>{});
    }
}

void AttentionView::computeRows()
{
    const auto rows = std::make_shared<std::vector<std::vector<HeadRow>>>();
    const attention::SinkOptions options = scene_->state.sinks;
    rowsOptions_ = options;
    context_.compute(
        this, QStringLiteral("rows"),
        [rows, options, runs = scene_->runs] { *rows = rowsOf(runs, options); },
        [this, rows, runs = scene_->runsVersion] {
            if (!scene_ || scene_->runsVersion != runs)
                return;
            rows_ = std::move(*rows);
            scene_->rowsVersion = ++version_;
            refresh();
        });
}

void AttentionView::showPage()
{
    const QString what = !loading_.isEmpty() ? loading_
                         : opening_          ? tr("Opening the capture")
                                             : QString();
    prompt_->setProgress(scene_ && !what.isEmpty(), what, loading_.isEmpty() ? -1 : fraction_);
    banner_->setMessage(scene_ ? failure_ : QString(), tr("Try again"));
    pages_->setState({.hasContent = scene_ != nullptr,
                      .loading = what,
                      .fraction = loading_.isEmpty() ? -1 : fraction_,
                      .failure = failure_,
                      .canRetry = lastStart_ || !runs_.empty()});
}

void AttentionView::setLoading(const QString& what, double fraction)
{
    loading_ = what;
    fraction_ = fraction;
    showPage();
}

// The page around the view says why a run failed; here only the skeleton goes.
void AttentionView::setFailure(const QString&)
{
    loading_.clear();
    showPage();
}

QString AttentionView::title() const
{
    if (!scene_)
        return runs_.empty() ? tr("Attention") : fromUtf8(runSubject(*runs_.front()));
    QString subject = fromUtf8(runSubject(*scene_->first().run));
    if (scene_->runs.size() > 1)
        subject = tr("%1 beside %2").arg(subject, fromUtf8(runSubject(*scene_->runs[1].run)));
    if (scene_->runs.size() > 2)
        subject += tr(" and %1 more").arg(scene_->runs.size() - 2);
    return subject + QStringLiteral(" · ") + headName(scene_->head);
}

} // namespace vitrine::attention_plugin
