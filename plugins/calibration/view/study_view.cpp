#include "plugins/calibration/view/study_view.h"

#include "core/jobs/experiment/param_texts.h"
#include "plugins/calibration/figures/figures.h"
#include "plugins/calibration/view/tables_panel.h"
#include "widgets/page/panel.h"
#include "widgets/page/state_pages.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"
#include "widgets/table/data_table.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr int kNarrowest = 420; // a plot narrower than this goes below its neighbour

QLabel* words(const char* role, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("role", role);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

std::vector<SkeletonCard> studySkeleton(QSize size)
{
    const int gap = 8, top = 132, half = (size.width() - gap) / 2;
    const int middle = (size.height() - top - 2 * gap) / 2, below = top + middle + 2 * gap;
    using Body = SkeletonCard::Body;
    return {{{0, 0, size.width(), top}, Body::lines},
            {{0, top + gap, half, middle}, Body::plain},
            {{half + gap, top + gap, half, middle}, Body::plain},
            {{0, below, size.width(), size.height() - below}, Body::lines}};
}

QString heading(const std::vector<RunHandle>& runs)
{
    const std::string& experiment = runs.front()->experiment;
    if (experiment == "calibration.search")
        return StudyView::tr("What the search found");
    if (experiment == "calibration.apply")
        return StudyView::tr("What calibration did to the maps");
    return StudyView::tr("Does it help?");
}

} // namespace

StudyView::StudyView(ViewContext& context, QWidget* parent) : View(parent), context_(context)
{
    setObjectName("page");
    setAccessibleName(tr("Calibration study"));
    makeLayout();
    auto* copy = new QAction(tr("Copy figure"), this);
    connect(copy, &QAction::triggered, this, [this] {
        if (!figures_.empty())
            context_.copyFigure(figures_.front());
    });
    auto* save = new QAction(tr("Export figure…"), this);
    connect(save, &QAction::triggered, this, [this] {
        if (!figures_.empty())
            context_.exportFigure(figures_.front());
    });
    auto* report = new QAction(tr("Add to report"), this);
    connect(report, &QAction::triggered, this, [this] {
        if (!figures_.empty())
            context_.addToReport(figures_.front());
    });
    actions_ = {copy, save, report};
    showPage();
}

void StudyView::makeLayout()
{
    auto* said = new Panel(tr("Does it help?"), this);
    said->setObjectName("verdict");
    verdict_ = words("section", said);
    verdict_->setAccessibleName(tr("What the runs say"));
    notes_ = words("muted", said);
    said->body()->addWidget(verdict_);
    said->body()->addWidget(notes_);
    auto* numbers = new Panel(tr("Numbers"), this);
    metrics_ = new DataTable(numbers);
    metrics_->setAccessibleName(tr("Metrics"));
    metrics_->setMinimumHeight(220);
    numbers->body()->addWidget(metrics_, 1);
    tableCard_ = new Panel(tr("Items"), this);
    choice_ = new SegmentedSwitch(tableCard_);
    choice_->setAccessibleName(tr("Table"));
    table_ = new DataTable(tableCard_);
    table_->setAccessibleName(tr("Items"));
    table_->setMinimumHeight(220);
    tableCard_->controls()->addWidget(choice_);
    tableCard_->body()->addWidget(table_, 1);
    connect(choice_, &SegmentedSwitch::chosen, this, [this](int index) {
        change(QStringLiteral("table"), tableNames().value(index), tr("Choose table"));
    });
    plotGrid_ = new QGridLayout;
    plotGrid_->setSpacing(8);
    auto* tables = new QHBoxLayout;
    tables->setSpacing(8);
    tables->addWidget(numbers, 2);
    tables->addWidget(tableCard_, 3);
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(said);
    column->addLayout(plotGrid_, 3);
    column->addLayout(tables, 2);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* none = new EmptyPage(
        {tr("Does calibration help?"),
         tr("This page answers a task with the model as it is, with calibrated heads and with "
            "random ones, and says with its interval what the difference is worth."),
         tr("Evaluate the shipped task"),
         tr("Runs the shipped language model on 64 items; takes a few seconds"),
         tr("Or give a task of your own, or search for heads: choose what to run at the right.")},
        this);
    connect(none, &EmptyPage::startWished, this, [this] {
        context_.startRun(this, "calibration.evaluate", {{"limit", "64"}});
    });
    pages_ = new StatePages(none, studySkeleton, tr("There is nothing to show"), scroll, this);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    all->addWidget(pages_);
    connect(pages_, &StatePages::retryWished, this, [this] {
        context_.startRun(this, runs_.front()->experiment, paramTexts(runs_.front()->params));
    });
}

void StudyView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    done_.clear();
    failure_.clear();
    loading_.clear();
    for (const RunHandle& run : runs)
        if (run->state == RunState::done)
            done_.push_back(run);
        else
            failure_ = text(run->error.empty() ? "the run did not finish" : run->error);
    bound_.setSubject(done_.empty() ? QString() : text(done_.front()->uid));
    if (!done_.empty())
        showResults();
    showPage();
    emit titleChanged();
}

void StudyView::showResults()
{
    findChild<Panel*>(QStringLiteral("verdict"))->setHeading(heading(done_));
    QStringList said;
    for (const RunHandle& run : done_) {
        const QString sentence = text(headline(*run));
        said << (done_.size() > 1 ? text(runLabel(*run)) + QStringLiteral(": ") + sentence
                                  : sentence);
    }
    showText(*verdict_, said.join(QStringLiteral("\n")));
    QStringList notes;
    for (const RunHandle& run : done_)
        for (const std::string& note : run->result.notes)
            if (!notes.contains(text(note)))
                notes << text(note);
    if (notes.isEmpty() && done_.size() == 1 && !details(*done_.front()).empty())
        notes << text(details(*done_.front()));
    if (!failure_.isEmpty())
        notes << tr("One of the runs is not shown: %1").arg(failure_);
    showText(*notes_, notes.join(QStringLiteral("\n")), kLongestShownLine);
    notes_->setVisible(!notes.isEmpty());
    metrics_->setTable(metricsTable(done_));
    QStringList labels;
    for (const QString& name : tableNames())
        labels << shownText(name.left(1).toUpper() + name.mid(1), 40);
    choice_->setOptions(labels);
    choice_->setVisible(labels.size() > 1);
    tableCard_->setVisible(!labels.isEmpty());
    fillTable();
    figures_.clear();
    showFigures();
    const auto made = std::make_shared<std::vector<figure::Figure>>();
    context_.compute(
        this, QStringLiteral("figures"),
        [made, runs = done_, json = coreJson(state_)] {
            std::vector<RunRecord> records;
            for (const RunHandle& run : runs)
                records.push_back(*run);
            *made = calibration_plugin::figures(records, json);
        },
        [this, made] {
            figures_ = std::move(*made);
            showFigures();
        });
}

StudyView::Plot& StudyView::plotAt(std::size_t place)
{
    while (plots_.size() <= place) {
        Plot made;
        made.card = new Panel(QString(), this);
        made.view = new plot::PlotView(made.card);
        made.view->setTitleVisible(false);
        made.card->setMinimumHeight(250);
        made.card->body()->addWidget(made.view, 1);
        plot::forwardActions(*made.view, context_);
        connect(made.view, &plot::PlotView::rangeEdited, this,
                [this, view = made.view](const QJsonObject& range) {
                    const QString name = text(view->figure().name);
                    QJsonObject ranges = bound_.read(state_)["ranges"].toObject();
                    ranges[name] = range;
                    change(QStringLiteral("ranges"), ranges, tr("Zoom"),
                           QStringLiteral("zoom ") + name);
                });
        plots_.push_back(made);
    }
    return plots_[place];
}

void StudyView::showFigures()
{
    const QJsonObject ranges = bound_.read(state_)["ranges"].toObject();
    for (std::size_t i = 0; i < figures_.size(); ++i) {
        Plot& plot = plotAt(i);
        plot.card->setHeading(text(figures_[i].title));
        plot.card->setToolTip(shownText(figures_[i].caption));
        plot.view->setFigure(figures_[i]);
        plot.view->setRangeState(ranges[text(figures_[i].name)].toObject());
    }
    placePlots();
}

void StudyView::placePlots()
{
    const int across =
        std::clamp(width() / kNarrowest, 1, std::max(1, static_cast<int>(figures_.size())));
    for (int i = 0; i < static_cast<int>(plots_.size()); ++i) {
        QWidget* card = plots_[static_cast<std::size_t>(i)].card;
        plotGrid_->addWidget(card, i / across, i % across); // first: another parent hides it
        card->setVisible(i < static_cast<int>(figures_.size()));
    }
}

void StudyView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    placePlots();
}

QStringList StudyView::tableNames() const
{
    QStringList names;
    if (!done_.empty())
        for (const Table& table : done_.front()->result.tables)
            names << text(table.name);
    return names;
}

void StudyView::fillTable()
{
    const QStringList names = tableNames();
    if (names.isEmpty())
        return;
    const QString wanted = state_["table"].toString();
    const QString name = names.contains(wanted) ? wanted : names.front();
    choice_->setCurrent(static_cast<int>(names.indexOf(name)));
    tableCard_->setHeading(name.left(1).toUpper() + name.mid(1));
    table_->setTable(*done_.front()->result.table(name.toStdString()));
}

void StudyView::setState(const QJsonObject& state)
{
    state_ = state;
    if (done_.empty())
        return;
    fillTable();
    showFigures();
}

void StudyView::change(const QString& key, const QJsonValue& value, const QString& label,
                       const QString& mergeKey)
{
    QJsonObject json = bound_.read(state_);
    json[key] = value;
    json = bound_.written(json);
    if (json != state_)
        context_.change(this, json, label, mergeKey);
}

void StudyView::showPage()
{
    pages_->setState({!done_.empty(), loading_, fraction_, failure_, true});
}

void StudyView::setLoading(const QString& what, double fraction)
{
    loading_ = what;
    fraction_ = fraction;
    showPage();
}

// The page around the view says why a run failed; here only the studySkeleton goes.
void StudyView::setFailure(const QString&)
{
    loading_.clear();
    showPage();
}

QString StudyView::title() const
{
    if (done_.empty())
        return runs_.empty() ? tr("Calibration") : text(runLabel(*runs_.front()));
    QString subject = text(runLabel(*done_.front()));
    if (done_.size() > 1)
        subject += tr(" beside %1 more").arg(done_.size() - 1);
    return subject;
}

} // namespace vitrine::calibration_plugin
