// The menus of the filter bar: terms to add, searches that were kept.
#include "widgets/runs/filter/filter_bar.h"

#include <QDateTime>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QWidgetAction>

#include "core/jobs/experiment/run_record.h"
#include "widgets/table/run_text.h"
#include "widgets/theme/text.h"

namespace vitrine
{
namespace
{

constexpr std::size_t kMostOffered = 60; // of one kind; typing completes all of them

QString escaped(QString text)
{
    return text.replace('&', "&&");
}

} // namespace

void FilterBar::fillAddMenu()
{
    addMenu_->clear();
    const auto submenu = [this](const QString& title, bool any) {
        QMenu* menu = addMenu_->addMenu(title);
        menu->setEnabled(any);
        return menu;
    };
    const auto term = [this](QMenu* menu, const QString& words, const QString& text) {
        connect(menu->addAction(escaped(words)), &QAction::triggered, this,
                [this, text] { addTerm(text); });
    };
    QMenu* experiments = submenu("Experiment", !words_.experiments.empty());
    for (const auto& id : words_.experiments)
        term(experiments, experimentWords(id), "experiment:" + fromUtf8(id));
    QMenu* states = submenu("State", true);
    for (const auto state : {RunState::done, RunState::failed, RunState::cancelled,
                             RunState::paused, RunState::interrupted, RunState::running}) {
        const QString name = QString::fromUtf8(runStateName(state).data());
        term(states, name, "state:" + name);
    }
    QMenu* tags = submenu("Tag", !words_.tags.empty());
    for (const auto& tag : words_.tags)
        term(tags, fromUtf8(tag), "tag:" + fromUtf8(filterValue(tag)));
    QMenu* dates = submenu("Date", true);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    term(dates, "Today", "date>=" + now.toString("yyyy-MM-dd"));
    term(dates, "Last 7 days", "date>=" + now.addDays(-7).toString("yyyy-MM-dd"));
    term(dates, "Last 30 days", "date>=" + now.addDays(-30).toString("yyyy-MM-dd"));
    connect(dates->addAction("Since…"), &QAction::triggered, this, [this] { begin("date>="); });
    const auto names = [&](const QString& title, const std::vector<std::string>& all,
                           const QString& sign) {
        QMenu* menu = submenu(title, !all.empty());
        for (std::size_t i = 0; i < std::min(all.size(), kMostOffered); ++i) {
            const QString name = fromUtf8(all[i]);
            connect(menu->addAction(escaped(name) + "…"), &QAction::triggered, this,
                    [this, name, sign] { begin(name + sign); });
        }
        if (all.size() > kMostOffered)
            menu->addAction(QString("%1 more: type their names").arg(all.size() - kMostOffered))
                ->setEnabled(false);
    };
    names("Metric", words_.metrics, ">");
    names("Parameter", words_.params, ":");
}

void FilterBar::fillSavedMenu()
{
    savedMenu_->clear();
    for (const auto& value : std::as_const(saved_)) {
        const QJsonObject search = value.toObject();
        const QString name = search["name"].toString(), filter = search["filter"].toString();
        QAction* take = savedMenu_->addAction(escaped(name));
        take->setToolTip(filter);
        connect(take, &QAction::triggered, this, [this, filter] {
            setText(filter);
            emit filterChanged();
        });
    }
    if (!saved_.isEmpty())
        savedMenu_->addSeparator();
    auto* field = new QWidgetAction(savedMenu_);
    auto* name = new QLineEdit(savedMenu_);
    name->setPlaceholderText(text().trimmed().isEmpty() ? "Type a filter to keep it"
                                                        : "Keep this filter as…");
    name->setAccessibleName("Name of this search");
    name->setEnabled(!text().trimmed().isEmpty());
    name->setMinimumWidth(220);
    connect(name, &QLineEdit::returnPressed, this, [this, name] {
        saveAs(name->text().trimmed());
        savedMenu_->hide();
    });
    field->setDefaultWidget(name);
    savedMenu_->addAction(field);
    if (saved_.isEmpty())
        return;
    QMenu* forget = savedMenu_->addMenu("Forget");
    for (qsizetype i = 0; i < saved_.size(); ++i)
        connect(forget->addAction(escaped(saved_[i].toObject()["name"].toString())),
                &QAction::triggered, this, [this, i] {
                    saved_.removeAt(i);
                    emit savedChanged();
                });
}

void FilterBar::saveAs(const QString& name)
{
    if (name.isEmpty())
        return;
    const QJsonObject search{{"name", name}, {"filter", text().trimmed()}};
    for (qsizetype i = 0; i < saved_.size(); ++i)
        if (saved_[i].toObject()["name"].toString() == name) {
            saved_[i] = search;
            emit savedChanged();
            return;
        }
    saved_.append(search);
    emit savedChanged();
}

} // namespace vitrine
