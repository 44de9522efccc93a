#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace vitrine
{

// One of a few words, all of them visible: [Prompt | Text file | Token ids]. Arrow keys move. The
// accessible name of each button is its word.
class SegmentedSwitch : public QWidget
{
    Q_OBJECT
public:
    explicit SegmentedSwitch(QWidget* parent = nullptr);

    void setOptions(const QStringList& words, const QStringList& toolTips = {});
    int current() const;        // -1 without options
    void setCurrent(int index); // emits nothing

signals:
    void chosen(int index); // by a person

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QButtonGroup* buttons_;
    QHBoxLayout* row_;
};

} // namespace vitrine
