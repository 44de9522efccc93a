#pragma once

#include <QFrame>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <map>

class QBoxLayout;
class QToolButton;

namespace vitrine
{

// The left bar: one sign per page, its name on hover. Says which page is wanted; decides nothing.
class ActivityBar : public QFrame
{
    Q_OBJECT
public:
    explicit ActivityBar(QWidget* parent);

    void addPage(const QString& id, const QString& name, const QString& icon);
    void addStretch();
    QToolButton* addButton(const QString& name, const QString& icon); // not a page
    void setCurrent(const QString& id);

signals:
    void runsDropped(const QString& id, const QStringList& uids); // runs dragged onto a page's sign
    void chosen(const QString& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QToolButton* makeButton(const QString& name, const QString& icon);

    QBoxLayout* column_;
    std::map<QString, QToolButton*> pages_;
    QString over_; // the page whose sign dragged runs are over
    QTimer opening_;
};

} // namespace vitrine
