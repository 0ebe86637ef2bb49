"""What the synthetic actors say: our own sentences, full of closed and of touching lips."""

_TRAIN = """
My brother moved before five.
Maybe Peter bought the paper map.
Both of them believe the movie was fun.
Put the big blue box by the open window.
We have never been above the valley.
Please bring me a cup of apple tea.
The puppy jumped over a broken fence.
Tom may not remember my phone number.
I promise we will visit them on Friday.
A warm summer breeze moved the curtain.
Pepper makes the soup much better.
Ben would rather play at home.
Her voice became very calm.
The boat will leave from pier number four.
Why would somebody want that many books?
My mother baked some pumpkin bread.
You must be home by half past seven.
The farmer fed both of his black sheep.
Bob keeps the empty bottles above the stove.
They moved the piano up the steep path.
A simple problem may have many answers.
Never put a wet map on my table.
Five people waved from the bridge.
Mom said the bus might be full.
We bumped into an old family friend.
Every member of the band was important.
The baby has a very loud and happy laugh.
Pam saw the moon above the river.
I am about to open the front door.
Have you ever been to the opera?
Robert gave me a beautiful lamp.
Some apples fell off the wobbly wagon.
It may rain before we reach the farm.
The museum is free from May to November.
Push the button and pull the lever.
Our team improved by several points.
My favourite poem is about a lamb.
He was probably made for this job.
Move over, please, I have no room.
Bring a blanket for the beach.
Emma put a stamp on the envelope.
The map of the empire was hopelessly old.
Put it back where you found it.
They built a fabulous bamboo bridge.
I hope they believe what I have promised.
Sam and Abby both play the violin.
The plumber mended the broken pipe.
We want to warm up before the game.
My boss approved the whole plan.
Five small boys climbed up a maple.
Keep both feet on the pavement.
You may have my umbrella if it pours.
People often forget about the weather.
The shop was about to open again.
I never meant to bother you, Ava.
Paul found a pebble in his boot.
The problem was my broken phone.
A brave woman stepped up to help him.
Maybe tomorrow will be much better.
We bought five pounds of plums.
"""
_VALIDATION = """
My neighbour plays the trumpet every evening.
Both bees flew above the poppies.
Please remember to feed the fish.
Bread and butter go very well with jam.
The apartment was bigger than before.
She whispered that nobody was home.
Five bottles of milk, if you please.
He may never become a famous pilot.
What a wonderful place to be.
The lamp above the mirror is broken.
Move the ladder away from my plants.
I bumped my elbow on the front gate.
The beaver built a dam for the pups.
Perhaps we both misjudged him.
"""
_TEST = """
Bobby may hope for a better bike.
The old pub was empty by five.
My favourite vest has brown buttons.
A bumpy path follows the river up.
Please move both chairs apart.
We rarely wave from above.
The pupil improved a lot in May.
Nobody believes a word of what Fay promised.
Mop up the water before it freezes.
Somewhere over the bay a bell began to ring.
Peel the apples and put them in a bowl.
Our flight home was cancelled by a storm.
You probably want more pepper for the beef.
Her mom and my papa met at the harbour.
"""


def sentences(split: str) -> tuple[str, ...]:
    """Return the sentences of "train", "validation" or "test"; no two splits share one."""
    text = {"train": _TRAIN, "validation": _VALIDATION, "test": _TEST}[split]
    return tuple(line for line in text.splitlines() if line)
