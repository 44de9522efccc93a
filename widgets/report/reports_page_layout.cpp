// What stands around the pages: the bar above and the outline with its buttons.
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/page/elided_choice.h"
#include "widgets/report/outline.h"
#include "widgets/report/reports_page.h"
#include "widgets/theme/icon.h"

#include <algorithm>

namespace vitrine
{
namespace
{

report::Manuscript blankReport()
{
    return {.title = "Untitled report", .sections = {{"Introduction", {report::TextItem{}}}}};
}

QPushButton* button(const QString& name, const QString& icon, const QString& help, QWidget* parent)
{
    auto* made = new QPushButton(theme::icon(icon), name, parent);
    made->setAccessibleName(name);
    made->setToolTip(help);
    return made;
}

} // namespace

QWidget* ReportsPage::makeBar()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(16, 12, 16, 12);
    row->setSpacing(8);
    auto* title = new QLabel(tr("Reports"), bar);
    title->setProperty("role", "title");
    choice_ = new ElidedChoice(bar);
    choice_->setAccessibleName(tr("Report"));
    choice_->setToolTip(tr("The reports of this workspace"));
    choice_->setMinimumWidth(280);
    choice_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(choice_, &QComboBox::activated, this,
            [this](int index) { proposeAll(reports_, index, tr("Show another report")); });
    auto* fresh = button(tr("New"), "add", tr("An empty report"), bar);
    connect(fresh, &QPushButton::clicked, this, [this] { addReport(blankReport()); });
    auto* more = new QPushButton(theme::icon("more"), {}, bar);
    more->setAccessibleName(tr("More"));
    more->setToolTip(tr("Open, save, copy or remove a report"));
    auto* menu = new QMenu(more);
    menu->addAction(tr("Open report file…"), this, &ReportsPage::openRequested);
    menu->addAction(tr("Save report file…"), this, &ReportsPage::saveRequested);
    menu->addSeparator();
    menu->addAction(tr("Duplicate"), this, [this] {
        if (current() != nullptr) {
            report::Manuscript copy = *current();
            copy.title += " (copy)";
            addReport(copy);
        }
    });
    menu->addAction(tr("Remove this report"), this, [this] {
        if (current() == nullptr)
            return;
        auto reports = reports_;
        reports.erase(reports.begin() + current_);
        proposeAll(reports, std::max(0, current_ - 1), tr("Remove a report"));
    });
    more->setMenu(menu);

    status_ = new QLabel(bar);
    status_->setProperty("role", "muted");
    progress_ = new QProgressBar(bar);
    progress_->setAccessibleName(tr("Export"));
    progress_->setFixedWidth(120);
    progress_->setRange(0, 1000);
    progress_->setTextVisible(false);
    progress_->hide();
    export_ = button(tr("Export"), "export", tr("Write the report as a file"), bar);
    export_->setProperty("kind", "primary");
    export_->setIcon({});
    auto* endings = new QMenu(export_);
    for (const auto& [label, ending] : {std::pair{"PDF…", "pdf"},
                                        {"HTML, one file…", "html"},
                                        {"Markdown with figures…", "md"},
                                        {"LaTeX…", "tex"},
                                        {"CSV, all numbers…", "csv"}})
        endings->addAction(tr(label), this,
                           [this, ending = QString(ending)] { emit exportRequested(ending); });
    export_->setMenu(endings);
    row->addWidget(title);
    row->addSpacing(8);
    row->addWidget(choice_);
    row->addWidget(fresh);
    row->addWidget(more);
    row->addStretch(1);
    row->addWidget(status_);
    row->addWidget(progress_);
    row->addWidget(export_);
    return bar;
}

QWidget* ReportsPage::makeOutline()
{
    auto* side = new QWidget(this);
    side->setMinimumWidth(200);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(12, 8, 8, 12);
    column->setSpacing(4);
    outline_ = new ReportOutline(side);
    column->addWidget(outline_, 1);
    text_ = button(tr("Text"), "report-text", tr("Add a text behind what is chosen"), side);
    figure_ = button(tr("Figure"), "report-figure", tr("Add a figure of the report's runs"), side);
    table_ = button(tr("Table"), "report-table", tr("Add a table of the report's runs"), side);
    newSection_ = button(tr("Section"), "add", tr("Add a section"), side);
    figures_ = new QMenu(figure_);
    tables_ = new QMenu(table_);
    figure_->setMenu(figures_);
    table_->setMenu(tables_);
    connect(text_, &QPushButton::clicked, this,
            [this] { insertItem(report::TextItem{}, tr("Add a text")); });
    connect(newSection_, &QPushButton::clicked, this, [this] {
        report::Manuscript next = *current();
        const auto at =
            section_ < 0 ? next.sections.size() : static_cast<std::size_t>(section_) + 1;
        next.sections.insert(next.sections.begin() + static_cast<std::ptrdiff_t>(at),
                             report::ManuscriptSection{"New section", {}});
        section_ = static_cast<int>(at);
        item_ = -1;
        propose(next, tr("Add a section"));
    });
    auto* upper = new QHBoxLayout;
    auto* lower = new QHBoxLayout;
    for (QPushButton* each : {newSection_, text_})
        upper->addWidget(each, 1);
    for (QPushButton* each : {figure_, table_})
        lower->addWidget(each, 1);
    auto* acts = new QHBoxLayout;
    const auto act = [&](const char* icon, const QString& name, auto perform) {
        auto* made = new QToolButton(side);
        made->setIcon(theme::icon(icon));
        made->setAccessibleName(name);
        made->setToolTip(name);
        connect(made, &QToolButton::clicked, this, perform);
        acts->addWidget(made);
    };
    act("chevron-up", tr("Move up (Alt+Up)"), [this] { outline_->move(-1); });
    act("chevron-down", tr("Move down (Alt+Down)"), [this] { outline_->move(1); });
    acts->addStretch(1);
    act("trash", tr("Remove from the report (Delete)"), [this] { removeChosen(); });
    column->addLayout(acts);
    column->addLayout(upper);
    column->addLayout(lower);
    return side;
}

} // namespace vitrine
