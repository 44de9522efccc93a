#include "plugins/attention/view/view.h"

#include "core/base/json.h"
#include "core/jobs/experiment/run_label.h"
#include "plugins/attention/view/head_table.h"
#include "plugins/attention/view/map_panel.h"
#include "plugins/attention/view/overview_panel.h"
#include "plugins/attention/view/profile_panel.h"
#include "plugins/attention/view/token_panel.h"
#include "plugins/attention/view/view_drawing.h"
#include "widgets/page/splitters.h"
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
    : PromptRoomView(
          context, boundToText(),
          {.name = tr("Attention"),
           .experiment = QString::fromLatin1(kExperiment),
           .failure = tr("There is no map to show"),
           .empty = {tr("Where does a language model look?"),
                     tr("This room shows one attention map per head, the tokens that gather "
                        "attention without need (sinks), and how two models or two texts "
                        "differ."),
                     tr("Find the sinks in a speech"),
                     tr("Runs the shipped language model on a shipped text; takes a few "
                        "seconds"),
                     tr("Or type a prompt above and press Enter, or choose a model and a text "
                        "in the form (F4 shows it).")}},
          tr("Type a prompt and press Enter to see its attention"), tr("Opening the capture"),
          parent)
{
    makeLayout();
    makeActions();
    connectParts();
    showPage();
}

AttentionView::~AttentionView() = default;

void AttentionView::openRuns(const std::vector<RunHandle>& done)
{
    const auto opened = std::make_shared<Opened>();
    context_.compute(
        this, QStringLiteral("open"),
        [opened, done, state = state_] { *opened = openAll(done, state); },
        [this, opened] {
            rows_ = std::move(opened->rows);
            rowsOptions_ = opened->options;
            takeRuns(std::move(opened->runs));
        });
}

void AttentionView::takeRuns(std::vector<Result<ShownRun>> read)
{
    auto scene = std::make_unique<Scene>();
    scene->runs = sound(std::move(read));
    scene->runsVersion = scene->rowsVersion = ++version_;
    scene_ = scene->runs.empty() ? nullptr : std::move(scene);
    if (scene_)
        opened(*scene_->first().run, *scene_->first().tokens);
    else
        opened();
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
    profile_->setFigure(sinkProfileOf(*scene_, current()));
    profile_->plot()->setRangeState(current()["profile_range"].toObject());
    table_->setScene(*scene_);
    if (rowsOptions_ != scene_->state.sinks)
        computeRows();
    if (!(headBefore == scene_->head))
        emit titleChanged();
}

State AttentionView::readShown() const
{
    return readState(coreJson(current()), *scene_->first().run);
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

QString AttentionView::title() const
{
    if (!scene_)
        return runs_.empty() ? tr("Attention") : fromUtf8(runSubject(*runs_.front()));
    QStringList names;
    for (const ShownRun& run : scene_->runs)
        names << fromUtf8(runSubject(*run.run));
    return besideTitle(names) + QStringLiteral(" · ") + headName(scene_->head);
}

} // namespace vitrine::attention_plugin
